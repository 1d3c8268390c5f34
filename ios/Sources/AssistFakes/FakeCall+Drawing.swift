import AssistAPI

/// Drawing without a world: every mark is one polyline, where it was drawn on the screen, whatever the camera does.
extension FakeCall {
    public func arFrame(
        _ frame: ArFrame,
        widthPx: Float,
        heightPx: Float,
        rotationDegrees: Int
    ) throws(DrawError) -> Overlay {
        try frame.checkCounts()
        guard [0, 90, 180, 270].contains(rotationDegrees) else { throw Self.noScreen }
        return try overlay(frame.captureTimeMicroseconds, widthPx: widthPx, heightPx: heightPx)
    }

    public func greyPicture(
        _ picture: GreyPicture,
        widthPx: Float,
        heightPx: Float,
        rotationDegrees: Int
    ) throws(DrawError) -> Overlay {
        try picture.checkCounts()
        guard [0, 90, 180, 270].contains(rotationDegrees) else { throw Self.noScreen }
        return try overlay(picture.captureTimeMicroseconds, widthPx: widthPx, heightPx: heightPx)
    }

    public func overlayOfPeer(
        captureTimeMicroseconds: Int64,
        widthPx: Float,
        heightPx: Float
    ) throws(DrawError) -> Overlay {
        try overlay(captureTimeMicroseconds, widthPx: widthPx, heightPx: heightPx)
    }

    public func beginStroke(_ style: StrokeStyle, points: [DrawnPoint]) throws(DrawError) -> any Stroke {
        FakeStroke(call: self, number: draw { $0.begin(isMine: true, style, points) })
    }

    public func freeze(captureTimeMicroseconds: Int64) throws(DrawError) -> any FrozenFrame {
        let number = try draw { board throws(DrawError) in try board.freeze() }
        return FakeFrozenFrame(call: self, number: number, captureTimeMicroseconds: captureTimeMicroseconds)
    }

    public func undoStroke() throws(DrawError) -> Int {
        try draw { board throws(DrawError) in try board.undo(isMine: true) }
    }

    public func deleteMyStrokes() throws(DrawError) {
        try draw { board throws(DrawError) in try board.deleteAll(isMine: true) }
    }

    /// Changes the board, and says so.
    func draw<Result, Failure>(
        _ change: (inout FakeBoard) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let (result, annotations) = try board.with { board throws(Failure) in
            (try change(&board), board.snapshot)
        }
        self.change { snapshot in
            if snapshot.annotations.revision < annotations.revision { snapshot.annotations = annotations }
        }
        return result
    }

    private static let noScreen = DrawError.invalid(
        "a screen has 1 to 32,768 pixels a side and is turned by 0, 90, 180 or 270 degrees; nothing was drawn"
    )

    fileprivate func overlay(_ captureTime: Int64, widthPx: Float, heightPx: Float) throws(DrawError) -> Overlay {
        guard (1...32_768).contains(widthPx), (1...32_768).contains(heightPx) else { throw Self.noScreen }
        var writer = FakeOverlay(captureTimeMicroseconds: captureTime, widthPx: widthPx, heightPx: heightPx)
        for (index, mark) in marks.enumerated() {
            writer.add(mark, id: UInt64(index))
        }
        return try Overlay(flat: writer.finished())
    }
}

private struct FakeFrozenFrame: FrozenFrame {
    let call: FakeCall
    let number: Int
    let captureTimeMicroseconds: Int64

    func beginStroke(_ style: StrokeStyle, points: [DrawnPoint]) throws(DrawError) -> any Stroke {
        try call.draw { board throws(DrawError) in try board.checkFrozen(number) }
        return try call.beginStroke(style, points: points)
    }

    func overlay(widthPx: Float, heightPx: Float) throws(DrawError) -> Overlay {
        try call.draw { board throws(DrawError) in try board.checkFrozen(number) }
        return try call.overlay(captureTimeMicroseconds, widthPx: widthPx, heightPx: heightPx)
    }

    func thaw() throws(DrawError) {
        try call.draw { board throws(DrawError) in try board.thaw(number) }
    }
}

private struct FakeStroke: Stroke {
    let call: FakeCall
    let number: Int

    func extend(_ points: [DrawnPoint]) throws(DrawError) {
        try call.draw { board throws(DrawError) in try board.extend(number, points) }
    }

    func finish() throws(DrawError) {
        try call.draw { board throws(DrawError) in try board.finish(number) }
    }
}
