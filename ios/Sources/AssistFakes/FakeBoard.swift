import AssistAPI

/// A mark as it was drawn.
public struct FakeMark: Equatable, Sendable {
    /// Whether this device's person drew it.
    public let isMine: Bool
    /// Counts the marks of whoever drew it, from 1.
    public let number: Int
    /// How it looks.
    public let style: StrokeStyle
    /// All its points.
    public internal(set) var points: [DrawnPoint]
    /// Whether the pen was lifted.
    public internal(set) var isFinished: Bool
}

/// What is drawn in a fake call.
struct FakeBoard {
    private(set) var marks: [FakeMark] = []
    private var revision: Int64 = 0
    private var lastNumbers: [Bool: Int] = [:]
    private var frozen: Set<Int> = []
    private var lastFrozen = 0

    var snapshot: AnnotationsSnapshot {
        AnnotationsSnapshot(revision: revision, marks: marks.count, mine: marks.filter(\.isMine).count)
    }

    mutating func begin(isMine: Bool, _ style: StrokeStyle, _ points: [DrawnPoint]) -> Int {
        let number = lastNumbers[isMine, default: 0] + 1
        lastNumbers[isMine] = number
        // The peer's come all at once.
        marks.append(FakeMark(isMine: isMine, number: number, style: style, points: points, isFinished: !isMine))
        revision += 1
        return number
    }

    mutating func extend(_ number: Int, _ points: [DrawnPoint]) throws(DrawError) {
        marks[try unfinished(number)].points += points
        revision += 1
    }

    mutating func finish(_ number: Int) throws(DrawError) {
        marks[try unfinished(number)].isFinished = true
        revision += 1
    }

    mutating func undo(isMine: Bool) throws(DrawError) -> Int {
        guard let last = marks.lastIndex(where: { $0.isMine == isMine }) else { throw Self.nothingToUndo }
        revision += 1
        return marks.remove(at: last).number
    }

    mutating func deleteAll(isMine: Bool) throws(DrawError) {
        guard marks.contains(where: { $0.isMine == isMine }) else { throw Self.nothingToUndo }
        marks.removeAll { $0.isMine == isMine }
        revision += 1
    }

    mutating func freeze() throws(DrawError) -> Int {
        guard frozen.count < 8 else {
            throw .tooMuch(Advice(message: "eight pictures are frozen; let one go first"))
        }
        lastFrozen += 1
        frozen.insert(lastFrozen)
        return lastFrozen
    }

    func checkFrozen(_ number: Int) throws(DrawError) {
        guard frozen.contains(number) else {
            throw .gone(Advice(message: "this frozen picture was let go; nothing was changed"))
        }
    }

    mutating func thaw(_ number: Int) throws(DrawError) {
        try checkFrozen(number)
        frozen.remove(number)
    }

    private static let nothingToUndo = DrawError.nothingToUndo(
        Advice(message: "there is none of your drawings left; nothing was changed")
    )

    private func unfinished(_ number: Int) throws(DrawError) -> Int {
        guard let index = marks.firstIndex(where: { $0.isMine && $0.number == number && !$0.isFinished }) else {
            throw .gone(Advice(message: "this drawing is finished or gone; nothing was changed"))
        }
        return index
    }
}
