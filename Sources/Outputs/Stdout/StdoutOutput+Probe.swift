import Glibc

extension StdoutOutput {
    /// Whether it can be written to, which is all there is to know before there is a reader.
    static func probe(descriptor: Int32 = STDOUT_FILENO) -> OutputProbe {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, flags & O_ACCMODE != O_RDONLY else {
            return OutputProbe("stdout", .failed, "cannot be written to", hint: "give the program a standard output")
        }
        return OutputProbe("stdout", .sound, "can be written to")
    }
}
