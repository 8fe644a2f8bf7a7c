import AuditCore

/// The part of a generated audit that tells what changed, each act in its own way.
extension GeneratedContents {
    func writeChanges(_ audit: Audit, _ portrait: inout Portrait, to text: inout JSONText) {
        switch Act(rawValue: audit.kind) ?? .generic {
        case .queueMembership: writeMember(&portrait, to: &text)
        case .directoryUpdate: writeDirectoryChanges(&portrait, to: &text)
        case .groupMembership: writeGroupChange(audit.part, &portrait, to: &text)
        case .flowPublish:
            let version = portrait.random.below(80)
            change("publishedVersion", old: ["\(version).0"], new: ["\(version + 1).0"], to: &text)
        case .roleUpdate:
            change("permissionPolicies", old: policies(&portrait.random), new: policies(&portrait.random), to: &text)
        case .generic: writeFieldChanges(&portrait, to: &text)
        default: break
        }
    }

    func writeContext(_ audit: Audit, _ portrait: inout Portrait, to text: inout JSONText) {
        switch Act(rawValue: audit.kind) ?? .generic {
        case .queueMembership:
            text.raw(#""entityId":""#)
            text.id(portrait.facts.entity ?? organization.id)
            text.raw(#"","auditType":"QUEUE""#)
        case .groupMembership:
            // Drawn from the seed alone, since the siblings draw different numbers before they come here.
            var shared = RandomSource(seed: audit.seed, subject: 7)
            text.raw(#""correlationId":""#)
            text.id(shared.uuid())
            text.raw(#"","userid":""#)
            text.id(portrait.facts.user ?? shared.pick(organization.people).id)
            text.raw(#"""#)
        case .failedLogin: text.raw(#""reason":"bad password""#)
        case .export: text.raw(#""ExportType":"CSV","HasEmail":"true""#)
        default: break
        }
    }

    func writeEntityChanges(_ audit: Audit, _ portrait: Portrait, to text: inout JSONText) {
        guard audit.kind == Act.flowPublish.rawValue, audit.part == 0 else { return text.raw(#","entityChanges":[]"#) }
        let queue = organization.queues[0]
        text.raw(#","entityChanges":[{"entityId":""#)
        text.id(queue.id)
        text.raw(#"","entityName":"#)
        text.string(queue.name)
        text.raw(#","entityType":"Queue","oldValues":["a"],"newValues":["b"]}]"#)
    }

    /// As an audit from a later version of the API may look: nulls, unknown values, unknown and missing members.
    func writeFuture(_ audit: Audit, _ portrait: Portrait, _ shape: AuditShape, to text: inout JSONText) {
        text.raw(#"{"id":""#)
        text.id(id(of: audit.seed, part: audit.part))
        text.raw(#"","serviceName":"SomeFutureService","level":"PARTNER",""#)
        text.raw(shape == .download ? "eventTime" : "eventDate")
        text.raw(#"":""#)
        text.raw(audit.instant.text)
        text.raw(#"","action":"Teleport","entity":null,"entityType":"Wormhole","status":"PENDING","#)
        text.raw(#""propertyChanges":[{"property":"x","newValues":["1"]}],"#)
        text.raw(#""context":{"k":"line1\nline2\u0000\ud83d\ude80"},"newTopLevelField":{"a":[1,2.5,true,null]}}"#)
    }

    private func change(_ property: String, old: [String], new: [String], to text: inout JSONText) {
        text.raw(#"{"property":"#)
        text.string(property)
        text.raw(#","oldValues":"#)
        text.strings(old)
        text.raw(#","newValues":"#)
        text.strings(new)
        text.raw("}")
    }

    private func writeMember(_ portrait: inout Portrait, to text: inout JSONText) {
        let isAddition = portrait.facts.action == "MemberAdd"
        text.raw(#"{"property":"QueueMember/"#)
        text.id(portrait.facts.entity ?? organization.id)
        text.raw(":")
        text.id(portrait.random.pick(organization.people).id)
        if portrait.random.chance(0.3) {
            text.raw(#":joined","oldValues":["false"],"newValues":["true"]}"#)
        } else if isAddition {
            text.raw(#"","oldValues":[],"newValues":["<queue member added>"]}"#)
        } else {
            text.raw(#"","oldValues":["<queue member deleted>"],"newValues":[]}"#)
        }
    }

    private func writeDirectoryChanges(_ portrait: inout Portrait, to text: inout JSONText) {
        let version = portrait.random.below(400)
        change("version", old: [String(version)], new: [String(version + 1)], to: &text)
        guard portrait.random.chance(0.8) else { return }
        text.raw(#",{"property":"addresses","oldValues":[],"newValues":["["#)
        for index in 0..<portrait.random.below(9) + 3 {
            if index > 0 { text.raw(",") }
            text.raw(#"{\"mediaType\":\"PHONE\",\"type\":\"WORK"#)
            text.raw(String(index + 1))
            text.raw(#"\",\"countryCode\":\"US\",\"address\":\"+1555"#)
            text.raw(String(1_000_000 + portrait.random.below(8_999_999)))
            text.raw(#"\"}"#)
        }
        text.raw(#"]"]}"#)
    }

    private func writeGroupChange(_ part: UInt8, _ portrait: inout Portrait, to text: inout JSONText) {
        switch part {
        case 0:
            let count = portrait.random.below(50) + 1
            change("memberCount", old: [String(count)], new: [String(count + 1)], to: &text)
        case 1: change("individuals", old: [], new: [], to: &text)
        default:
            text.raw(#"{"property":"group-membership","oldValues":[],"newValues":["["#)
            text.id(portrait.random.pick(organization.people).id)
            text.raw(", ")
            text.id(portrait.random.pick(organization.people).id)
            text.raw(#"]"]}"#)
        }
    }

    private func writeFieldChanges(_ portrait: inout Portrait, to text: inout JSONText) {
        let count = portrait.random.below(7) + 1
        for index in 0..<count {
            if index > 0 { text.raw(",") }
            let field = portrait.random.pick(GeneratedContents.fields)
            text.raw(#"{"property":""#)
            text.raw(field)
            text.raw(#"","oldValues":[""#)
            text.id(portrait.random.uuid())
            text.raw(#""],"newValues":[""#)
            text.id(portrait.random.uuid())
            text.raw(portrait.random.chance(0.1) ? #"","tab\tand \"quote\" é 🚀"]}"# : #""]}"#)
        }
    }

    private func policies(_ random: inout RandomSource) -> [String] {
        (0..<random.below(8) + 2).map { _ in
            random.pick(["routing", "analytics", "directory", "telephony", "architect", "audits"]) + ":"
                + random.pick(["queue", "user", "trunk", "flow", "audit"]) + ":" + random.pick(["view", "edit", "add", "delete"])
        }
    }

    private static let fields = [
        "name", "description", "divisionId", "state", "dateModified", "modifiedBy", "skillId", "language", "owner", "version",
        "flowId", "queueId", "wrapupCodeId", "scheduleGroupId",
    ]
}
