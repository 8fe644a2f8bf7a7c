import AuditCore
import Engine
import EngineTesting
import Glibc
import Logging
import Outputs
import TestTraits
import Testing

@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct FileOutputTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.file("audits.ndjson") }

    init() throws { directory = try TemporaryDirectory() }

    @Test(arguments: OutputConformance.allCases)
    func `it keeps the promises of an output`(promise: OutputConformance) async throws {
        try await promise.check { FileBench(directory: try TemporaryDirectory()) }
    }

    private func output(_ path: String) -> FileOutput {
        FileOutput(settings: FileSettings(path: path), format: .json, logger: .silent)
    }

    private func sample(_ number: Int, padding: Int = 0) -> SampleAudit {
        SampleAudit(id: SampleAudit.uuid(number), instant: Instant(seconds: 1_800_000_000), padding: padding)
    }

    private func deliver(_ number: Int, to output: FileOutput, padding: Int = 0) async -> Answer {
        let book = AnswerBook()
        await book.deliver(Batch(number, of: [sample(number, padding: padding)]), to: output)
        return await book.answer(to: number)
    }

    @Test(arguments: [0, 1, 2, 5000], ["{\"id\":\"to", "t", ""])
    func `a torn last line is cut, and whole ones stay`(lines: Int, torn: String) async throws {
        let whole = String(repeating: "{\"id\":\"as it was before the crash\"}\n", count: lines)
        try TemporaryDirectory.write(whole + torn, to: path)
        let output = output(path)
        #expect(await deliver(1, to: output) == .acknowledged)
        #expect(try TemporaryDirectory.read(path) == whole + sample(1).json + "\n")
        await output.close()
    }

    @Test func `a torn line longer than a block is cut whole`() async throws {
        try TemporaryDirectory.write("first\n" + String(repeating: "y", count: 300_000), to: path)
        let output = output(path)
        #expect(await deliver(1, to: output) == .acknowledged)
        #expect(try TemporaryDirectory.read(path) == "first\n" + sample(1).json + "\n")
        await output.close()
    }

    @Test func `after rotation and a hangup it writes to a file of the old name`() async throws {
        let output = output(path)
        #expect(await deliver(1, to: output) == .acknowledged)
        #expect(rename(path, path + ".1") == 0)
        #expect(await deliver(2, to: output) == .acknowledged)
        await output.reopen()
        #expect(await deliver(3, to: output) == .acknowledged)
        #expect(try TemporaryDirectory.lines(path + ".1") == [sample(1).json, sample(2).json])
        #expect(try TemporaryDirectory.lines(path) == [sample(3).json])
        await output.close()
    }

    @Test func `the file is made for its owner, and readable for the group`() async throws {
        let output = output(path)
        #expect(await deliver(1, to: output) == .acknowledged)
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 & ~0o640 == 0 && status.st_mode & 0o600 == 0o600)
        await output.close()
    }

    @Test func `a full device is refused for now, with what the system said`() async throws {
        let output = output("/dev/full")
        #expect(await deliver(1, to: output) == .refusedForNow(Refusal("file '/dev/full': no space left on device")))
        await output.close()
    }

    @Test(.enabled(if: SmallDisk.canBeMade, "it takes the right to mount"))
    func `a disk that fills up refuses whole batches, and leaves no piece of one`() async throws {
        let disk = try SmallDisk(kilobytes: 64)
        let path = disk.path + "/audits.ndjson"
        let output = output(path)
        var acknowledged: [String] = []
        for number in 0..<20 {
            if await deliver(number, to: output, padding: 9000) == .acknowledged {
                acknowledged.append(sample(number, padding: 9000).json)
            }
        }
        #expect(acknowledged.count > 2 && acknowledged.count < 20)
        #expect(try TemporaryDirectory.lines(path) == acknowledged)
        #expect(try TemporaryDirectory.read(path).hasSuffix("\n"))
        #expect(rename(path, disk.path + "/old") == 0 && unlink(disk.path + "/old") == 0)
        await output.reopen()
        #expect(await deliver(21, to: output) == .acknowledged)
        await output.close()
    }
}

private struct FileBench: OutputBench {
    let directory: TemporaryDirectory
    let abilities: Set<OutputAbility> = [.startsWithoutReceiver]
    private var folder: String { directory.file("logs") }

    func makeOutput() -> any Output {
        FileOutput(settings: FileSettings(path: folder + "/audits.ndjson"), format: .json, logger: .silent)
    }

    func start(_ conduct: ReceiverConduct) { mkdir(folder, 0o700) }
    func finish() {}

    func received() throws -> [String] {
        let path = folder + "/audits.ndjson"
        return access(path, F_OK) == 0 ? try TemporaryDirectory.lines(path) : []
    }
}

/// A file system of a few kilobytes in memory, for those who may mount one.
private final class SmallDisk: Sendable {
    let path: String
    private let directory: TemporaryDirectory

    static var canBeMade: Bool { (try? SmallDisk(kilobytes: 16)) != nil }

    init(kilobytes: Int) throws {
        directory = try TemporaryDirectory()
        path = directory.file("disk")
        guard mkdir(path, 0o700) == 0, mount("none", path, "tmpfs", 0, "size=\(kilobytes)k") == 0 else {
            throw TemporaryDirectory.Unusable()
        }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
