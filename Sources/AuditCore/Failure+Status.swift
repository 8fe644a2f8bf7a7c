extension Failure.Code {
    /// The exit status (sysexits.h has most of them).
    public var status: Int32 {
        switch self {
        case .failed: 1
        case .usage: 64
        case .data: 65
        case .unreachable: 69
        case .offsets: 74
        case .locked: 75
        case .refused: 77
        case .configuration: 78
        }
    }
}
