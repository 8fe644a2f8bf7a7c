import AuditCore
import Outputs

/// Free room where the offset file, the files of outputs and dead letters are.
struct DiskCheck {
    /// Less is warned of: so many audits that a day of a large organization may take as much.
    static let leastFree = 256 << 20

    let configuration: ForwarderConfiguration

    func findings() -> [CheckFinding] {
        let rooms = places.compactMap { place in FreeRoom(of: place.path).map { (place, $0) } }
        var devices: [UInt64] = []
        for (_, room) in rooms where !devices.contains(room.device) { devices.append(room.device) }
        return devices.flatMap { device in
            let here = rooms.filter { $0.1.device == device }
            return here.first.map { DiskCheck.findings(here.map(\.0), $0.1) } ?? []
        }
    }

    /// One file that grows.
    struct Place: Equatable {
        /// For people.
        let what: String
        let path: String
        /// What a full disk means for it.
        let code: Failure.Code
    }

    private var places: [Place] {
        var places = [Place(what: "the offset file", path: configuration.offsetsPath, code: .offsets)]
        for definition in configuration.outputs {
            if case .file(let settings) = definition.kind {
                places.append(Place(what: CheckFinding.output(definition.name), path: settings.path, code: .unreachable))
            }
            places.append(
                Place(
                    what: "dead letters", path: definition.deadLetters(besides: configuration.offsetsPath),
                    code: .unreachable))
        }
        return places
    }

    /// What the room of one file system means for what grows there.
    /// - Parameter places: at least one; the most important first.
    static func findings(_ places: [Place], _ room: FreeRoom) -> [CheckFinding] {
        let subject = "disk"
        var kinds: [String] = []
        for place in places where !kinds.contains(place.what) { kinds.append(place.what) }
        let names = kinds.joined(separator: ", ")
        let amount = "'\(room.directory)' has \(room.text) free, for \(names)"
        if room.bytes == 0 || room.hasNoFiles {
            let what = room.bytes == 0 ? "no room" : "no room for another file (no inode)"
            let code = places.map(\.code).contains(.offsets) ? Failure.Code.offsets : .unreachable
            return [
                .failed(subject, code, "'\(room.directory)' has \(what) left, for \(names)", hint: "make room on its file system")
            ]
        }
        guard room.bytes < leastFree else { return [.ok(subject, amount)] }
        return [
            .warning(
                subject, amount,
                hint: "make room: less than \(ByteSize.text(leastFree)) is soon used, and then deliveries and commits wait")
        ]
    }
}
