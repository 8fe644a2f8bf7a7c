/// The control group of this process, whose unit journald's rate limit counts by.
enum ControlGroup {
    private static let mostBytes = 16 << 10

    static var unit: String? { unit(in: SmallFile.read("/proc/self/cgroup", upTo: mostBytes)) }

    /// - Parameter text: the content of `/proc/self/cgroup` (cgroups(7)).
    static func unit(in text: String) -> String? {
        let paths = text.split(separator: "\n").compactMap { line -> Substring? in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            return parts.count == 3 && (parts[1].isEmpty || parts[1] == "name=systemd") ? parts[2] : nil
        }
        let steps = paths.lazy.flatMap { $0.split(separator: "/") }
        return steps.last { $0.hasSuffix(".service") || $0.hasSuffix(".scope") }.map(String.init)
    }
}
