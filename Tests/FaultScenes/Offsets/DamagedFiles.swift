import Foundation

/// What a crash of the machine or a bad disk does to the files of a directory.
package struct DamagedFiles: Sendable {
    package let directory: String

    package init(directory: String) { self.directory = directory }

    package func cut(_ name: String, at length: Int) throws {
        try demand(truncate(directory + "/" + name, off_t(length)) == 0, "'\(name)' cannot be cut")
    }

    package func flip(_ name: String, at position: Int, bit: Int) throws {
        try change(name) { $0[position] ^= 1 << UInt8(bit) }
    }

    package func zero(_ name: String, _ range: Range<Int>) throws {
        try change(name) { bytes in
            for position in range where position < bytes.count { bytes[position] = 0 }
        }
    }

    package func write(_ pattern: [UInt8], to name: String, at position: Int) throws {
        try change(name) { $0.replaceSubrange(position..<position + pattern.count, with: pattern) }
    }

    package func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: directory + "/" + name) }

    private func change(_ name: String, _ body: (inout Data) -> Void) throws {
        let url = URL(fileURLWithPath: directory + "/" + name)
        var bytes = try Data(contentsOf: url)
        body(&bytes)
        try bytes.write(to: url)
    }
}
