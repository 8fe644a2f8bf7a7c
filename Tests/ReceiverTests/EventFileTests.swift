import Foundation
import TestTraits
import Testing

@testable import FaultScenes

@Suite(.fewAtATime)
struct EventFileTests {
    private func file(_ text: String, in directory: String) throws -> EventFile {
        let path = directory + "/events.json"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return EventFile(
            path, linesStarting: "{\"input\":\"", message: { $0["message"]?.string }, audit: { $0["message"] as? String })
    }

    @Test func `what a killed receiver left behind does not count, and what it wrote behind it does`() async throws {
        try await Scene.withDirectory { directory in
            let text = #"""
                {"input":"a","message":"one"}
                {"input":"a","message":"tw{"input":"b","message":"three"}
                {"input":"b","message":"four
                """#
            let file = try file(text, in: directory)
            #expect(try file.events().map(\.message) == ["one", "three"])
            #expect(file.deliveries.map(\.id) == ["one", "three"])
            #expect(file.position == text.utf8.count - #"{"input":"b","message":"four"#.utf8.count)
        }
    }

    @Test func `what is appended is seen, and nothing twice`() async throws {
        try await Scene.withDirectory { directory in
            let file = try file("{\"input\":\"a\",\"message\":\"one\"}\n{\"input\":\"a\",", in: directory)
            #expect(file.deliveries.map(\.id) == ["one"])
            let handle = try #require(FileHandle(forWritingAtPath: file.path))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("\"message\":\"two\"}\n".utf8))
            try handle.close()
            try await file.received(["one", "two"])
            #expect(file.deliveries.map(\.id) == ["one", "two"])
        }
    }
}
