import Engine
import Formats
import Logging

/// Events as lines at the end of a file.
///
/// Guarantee `durable`: acknowledged when the lines are synced to disk. A file that ends in the middle of a line is cut back to its last whole
/// line when it is opened: the piece was never acknowledged and comes again whole. Made with mode 0640; on SIGHUP it is closed and the name is
/// opened anew, as rotation wants.
public struct FileOutput: Output {
    static let guarantee = Guarantee.durable

    public var guarantee: Guarantee { Self.guarantee }
    public let window = 1
    private let format: Format
    private let path: String
    private let thread = BlockingThread()
    private let file: AppendedFile

    public init(settings: FileSettings, format: Format, logger: Logger) {
        self.format = format
        path = settings.path
        file = AppendedFile(path: settings.path, mode: 0o640, logger: logger)
    }

    public func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {
        let lines = batch.lines(format)
        do {
            try await thread.run { _ in try file.append(lines) }
            answer(.acknowledged)
        } catch {
            answer(.refusedForNow(Refusal("file '\(path)': \(error)")))
        }
    }

    public func reopen() async {
        _ = try? await thread.run { _ in file.close() }
    }

    public func close() async {
        _ = try? await thread.run { _ in file.close() }
        await thread.stop()
    }
}
