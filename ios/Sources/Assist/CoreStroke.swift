import AssistAPI
import Foundation

struct CoreStroke: Stroke {
    private let core: Core.Call
    private let coreNumber: UInt32

    init(_ core: Core.Call, number: UInt32) {
        self.core = core
        coreNumber = number
    }

    var number: Int { Int(coreNumber) }

    func extend(_ points: [DrawnPoint]) throws(DrawError) {
        try DrawError.catching { try core.extendStroke(stroke: coreNumber, points: Data(flat: points)) }
    }

    func finish() throws(DrawError) {
        try DrawError.catching { try core.finishStroke(stroke: coreNumber) }
    }
}
