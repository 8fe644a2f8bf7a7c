import AuditCore
import TestTraits
import Testing

@testable import Forwarder

/// A machine with no files but these.
struct MemoryFiles: ConfigurationFiles {
    var workingDirectory = "/home/ana"
    var runsAsRoot = false
    var contents: [String: [UInt8]] = [:]
    var readableByAll: Set<String> = []
    var unreadable: Set<String> = []

    init(_ texts: [String: String] = [:]) {
        contents = texts.mapValues { Array($0.utf8) }
    }

    func read(_ path: String, limit: Int) throws(FileProblem) -> FileContent {
        if unreadable.contains(path) { throw .unreadable("permission denied") }
        guard let bytes = contents[path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)"] else { throw .absent }
        guard bytes.count <= limit else { throw .tooLarge }
        return FileContent(bytes: bytes, isReadableByAll: readableByAll.contains(path))
    }
}

/// Credentials that no test looks at, and one that no text may show.
enum Fixture {
    static let secret = "s3cr3t-Zx81"
    static let environment = [
        "HOME": "/home/ana", "GENESYSCLOUD_REGION": "eu-west-1", "GENESYSCLOUD_OAUTHCLIENT_ID": "client-7",
        "GENESYSCLOUD_OAUTHCLIENT_SECRET": secret,
    ]

    /// Loads `yaml` as the file of the working directory; `nil` is no file.
    static func load(
        _ yaml: String? = nil, flags: ConfigurationFlags = .init(), environment: [String: String] = Fixture.environment
    ) throws(Failure) -> ForwarderConfiguration {
        let files = MemoryFiles(yaml.map { ["/home/ana/auditferry.yaml": $0] } ?? [:])
        return try ForwarderConfiguration.load(flags: flags, environment: environment, files: files).configuration
    }

    /// What is wrong with `yaml`; empty where nothing is.
    static func problems(
        _ yaml: String? = nil, flags: ConfigurationFlags = .init(), environment: [String: String] = Fixture.environment
    ) -> [String] {
        failure(yaml, flags: flags, environment: environment)?.problems ?? []
    }

    static func failure(
        _ yaml: String? = nil, flags: ConfigurationFlags = .init(), environment: [String: String] = Fixture.environment
    ) -> Failure? {
        do throws(Failure) {
            _ = try load(yaml, flags: flags, environment: environment)
            return nil
        } catch {
            return error
        }
    }
}

@Suite(.fewAtATime) struct `The files of this machine` {
    private let files = LocalFiles()

    @Test func `a file is read whole up to its limit, and refused beyond it`() throws {
        let size = try files.read(#filePath, limit: 1 << 20).bytes.count
        #expect(size > 100)
        #expect(try files.read(#filePath, limit: size).bytes.count == size)
        #expect(throws: FileProblem.tooLarge) { try files.read(#filePath, limit: size - 1) }
        #expect(throws: FileProblem.tooLarge) { try files.read("/dev/zero", limit: 100_000) }
    }

    @Test func `what is absent is told from what cannot be read`() {
        #expect(throws: FileProblem.absent) { try files.read("\(#filePath).absent", limit: 1) }
        #expect(throws: FileProblem.absent) { try files.read("\(#filePath)/below", limit: 1) }
        #expect(throws: FileProblem.unreadable("is a directory")) { try files.read("/", limit: 1) }
    }

    @Test func `the working directory is absolute`() {
        #expect(files.workingDirectory.hasPrefix("/"))
    }

    @Test func `the permission for everybody is seen`() throws {
        #expect(try files.read("/etc/passwd", limit: 1 << 20).isReadableByAll)
        #expect(try !files.read("/proc/self/environ", limit: 1 << 20).isReadableByAll)
    }
}
