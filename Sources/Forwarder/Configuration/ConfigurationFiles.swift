#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What loading a configuration sees of the machine.
public protocol ConfigurationFiles: Sendable {
    /// Absolute.
    var workingDirectory: String { get }
    /// Whether the program may write below `/var/lib` as the superuser.
    var runsAsRoot: Bool { get }
    /// The content of a file of at most `limit` bytes. A relative path begins at the working directory.
    func read(_ path: String, limit: Int) throws(FileProblem) -> FileContent
}

public struct FileContent: Sendable {
    public let bytes: [UInt8]
    /// Whether every user of the machine may read it.
    public let isReadableByAll: Bool

    public init(bytes: [UInt8], isReadableByAll: Bool) {
        self.bytes = bytes
        self.isReadableByAll = isReadableByAll
    }
}

public enum FileProblem: Error, Sendable, Equatable {
    case absent
    case tooLarge
    /// The system's reason, lower case.
    case unreadable(String)

    func text(limit: Int) -> String {
        switch self {
        case .absent: "no such file"
        case .tooLarge: "larger than \(ByteSize.text(limit))"
        case .unreadable(let reason): reason
        }
    }
}

/// The files of this machine. Reading blocks the calling thread, as long as a pipe takes that was named as a file.
public struct LocalFiles: ConfigurationFiles {
    private static let chunkBytes = 64 << 10

    public let workingDirectory: String
    public let runsAsRoot: Bool

    public init() {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let found = getcwd(&buffer, buffer.count) != nil
        let path = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        workingDirectory = found ? path : "/"
        runsAsRoot = geteuid() == 0
    }

    public func read(_ path: String, limit: Int) throws(FileProblem) -> FileContent {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw errno == ENOENT || errno == ENOTDIR ? .absent : LocalFiles.unreadable() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw LocalFiles.unreadable() }
        let isReadableByAll = status.st_mode & S_IROTH != 0
        return FileContent(bytes: try LocalFiles.bytes(of: descriptor, limit: limit), isReadableByAll: isReadableByAll)
    }

    private static func bytes(of descriptor: Int32, limit: Int) throws(FileProblem) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: chunkBytes)
        while bytes.count <= limit {
            #if canImport(Darwin)
                let count = Darwin.read(descriptor, &chunk, chunk.count)
            #elseif canImport(Musl)
                let count = Musl.read(descriptor, &chunk, chunk.count)
            #else
                let count = Glibc.read(descriptor, &chunk, chunk.count)
            #endif
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable() }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
        throw .tooLarge
    }

    private static func unreadable() -> FileProblem {
        .unreadable(strerror(errno).map { String(cString: $0).lowercased() } ?? "cannot be read")
    }
}
