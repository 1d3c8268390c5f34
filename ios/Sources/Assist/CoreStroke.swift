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

struct CoreFrozenFrame: FrozenFrame {
    private let core: Core.Call
    private let coreNumber: UInt32

    init(_ core: Core.Call, number: UInt32) {
        self.core = core
        coreNumber = number
    }

    var number: Int { Int(coreNumber) }

    func beginStroke(_ style: StrokeStyle, points: [DrawnPoint]) throws(DrawError) -> any Stroke {
        let stroke = try DrawError.catching {
            try core.beginStrokeOn(frame: coreNumber, style: Core.StrokeStyle(style), points: Data(flat: points))
        }
        return CoreStroke(core, number: stroke)
    }

    func overlay(widthPx: Float, heightPx: Float) throws(DrawError) -> Overlay {
        let lines = try DrawError.catching {
            try core.overlayOfFrozen(frame: coreNumber, widthPx: widthPx, heightPx: heightPx)
        }
        return try Overlay(flat: lines)
    }

    func thaw() throws(DrawError) {
        try DrawError.catching { try core.thawFrame(frame: coreNumber) }
    }
}
