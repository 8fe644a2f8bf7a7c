import Foundation

/// A file of lines that somebody else appends to; a delivery's position is the number of its line.
package struct ArchiveFile: Collector {
    package let path: String

    package init(_ path: String) { self.path = path }

    package var definition: String { "type: file, path: \(path), retry: {first: 50ms, most: 200ms}" }
    package var position: Int { get throws { try deliveries.last?.position ?? 0 } }

    package var deliveries: [Delivery] {
        get throws {
            guard FileManager.default.fileExists(atPath: path) else { return [] }
            // A piece of a line may stand at the end.
            let lines = try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: UInt8(ascii: "\n"))
            return lines.enumerated().compactMap { number, line in
                Delivery.id(ofLine: String(decoding: line, as: UTF8.self)).map { Delivery(id: $0, position: number + 1) }
            }
        }
    }

    package func received(_ wanted: Set<String>) async throws {
        var size = -1
        while !Task.isCancelled {
            let grown = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            if let grown, grown != size {
                size = grown
                if wanted.isSubset(of: try deliveries.map(\.id)) { return }
            } else if wanted.isEmpty {
                return
            }
            // How often it is looked at; nothing depends on it.
            try? await Task.sleep(for: .milliseconds(20))
        }
    }
}
