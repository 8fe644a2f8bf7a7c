import Glibc

/// The functions of libsystemd that read a journal, found when the program runs: it works where there is no such library, and has to have none
/// to be built.
struct SystemdLibrary: Sendable {
    typealias Journal = OpaquePointer

    let openDirectory: @Sendable @convention(c) (UnsafeMutablePointer<Journal?>, UnsafePointer<CChar>, Int32) -> Int32
    let close: @Sendable @convention(c) (Journal) -> Void
    let descriptor: @Sendable @convention(c) (Journal) -> Int32
    let process: @Sendable @convention(c) (Journal) -> Int32
    let flushMatches: @Sendable @convention(c) (Journal) -> Void
    let addMatch: @Sendable @convention(c) (Journal, UnsafeRawPointer, Int) -> Int32
    let seekTail: @Sendable @convention(c) (Journal) -> Int32
    let previous: @Sendable @convention(c) (Journal) -> Int32
    let data:
        @Sendable @convention(c) (
            Journal, UnsafePointer<CChar>, UnsafeMutablePointer<UnsafeRawPointer?>, UnsafeMutablePointer<Int>
        ) -> Int32
    let realTime: @Sendable @convention(c) (Journal, UnsafeMutablePointer<UInt64>) -> Int32

    /// `nil` where the machine has none, or one without these functions.
    static let shared: SystemdLibrary? = {
        guard let library = dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL) else { return nil }
        return SystemdLibrary { dlsym(library, $0) }
    }()

    private init?(_ symbol: (String) -> UnsafeMutableRawPointer?) {
        guard let openDirectory = symbol("sd_journal_open_directory"), let close = symbol("sd_journal_close"),
            let descriptor = symbol("sd_journal_get_fd"), let process = symbol("sd_journal_process"),
            let flushMatches = symbol("sd_journal_flush_matches"), let addMatch = symbol("sd_journal_add_match"),
            let seekTail = symbol("sd_journal_seek_tail"), let previous = symbol("sd_journal_previous"),
            let data = symbol("sd_journal_get_data"), let realTime = symbol("sd_journal_get_realtime_usec")
        else { return nil }
        self.openDirectory = unsafeBitCast(openDirectory, to: type(of: self.openDirectory))
        self.close = unsafeBitCast(close, to: type(of: self.close))
        self.descriptor = unsafeBitCast(descriptor, to: type(of: self.descriptor))
        self.process = unsafeBitCast(process, to: type(of: self.process))
        self.flushMatches = unsafeBitCast(flushMatches, to: type(of: self.flushMatches))
        self.addMatch = unsafeBitCast(addMatch, to: type(of: self.addMatch))
        self.seekTail = unsafeBitCast(seekTail, to: type(of: self.seekTail))
        self.previous = unsafeBitCast(previous, to: type(of: self.previous))
        self.data = unsafeBitCast(data, to: type(of: self.data))
        self.realTime = unsafeBitCast(realTime, to: type(of: self.realTime))
    }
}
