/// A region of the vendor's cloud: an organization lives in one, and its credentials are good there only.
public struct Region: Sendable, Hashable {
    /// The name of the AWS region, for instance `eu-west-1`.
    public let name: String
    /// The domain whose `api.` and `login.` hosts serve the region, for instance `mypurecloud.ie`.
    public let domain: String

    private init(_ name: String, _ domain: String) {
        self.name = name
        self.domain = domain
    }

    /// The region of an AWS name (`eu-west-1`, `eu_west_1`) or a domain (`mypurecloud.ie`, `api.mypurecloud.ie`), without regard to case.
    public init?(_ text: String) {
        let name = Region.normal(text)
        guard let region = Region.all.first(where: { $0.name == name || $0.domain == name }) else { return nil }
        self = region
    }

    private static func normal(_ text: String) -> String {
        let name = text.lowercased().replacing("_", with: "-")
        return ["api.", "login.", "apps."].first(where: name.hasPrefix).map { String(name.dropFirst($0.count)) } ?? name
    }

    /// All regions that the vendor's own libraries know.
    public static let all: [Region] = [
        Region("us-east-1", "mypurecloud.com"),
        Region("us-east-2", "use2.us-gov-pure.cloud"),
        Region("us-west-2", "usw2.pure.cloud"),
        Region("ca-central-1", "cac1.pure.cloud"),
        Region("mx-central-1", "mxc1.pure.cloud"),
        Region("sa-east-1", "sae1.pure.cloud"),
        Region("eu-west-1", "mypurecloud.ie"),
        Region("eu-west-2", "euw2.pure.cloud"),
        Region("eu-central-1", "mypurecloud.de"),
        Region("eu-central-2", "euc2.pure.cloud"),
        Region("eusc-de-east-1", "edee1.eusc-pure.cloud"),
        Region("me-central-1", "mec1.pure.cloud"),
        Region("ap-south-1", "aps1.pure.cloud"),
        Region("ap-southeast-1", "apse1.pure.cloud"),
        Region("ap-southeast-2", "mypurecloud.com.au"),
        Region("ap-northeast-1", "mypurecloud.jp"),
        Region("ap-northeast-2", "apne2.pure.cloud"),
        Region("ap-northeast-3", "apne3.pure.cloud"),
    ]

    /// The most edits between a typo and the name that is suggested for it.
    private static let farthestTypo = 3

    /// The known name or domain that a misspelt one probably means; `nil` where none is near.
    public static func suggestion(for text: String) -> String? {
        let name = Array(normal(String(text.prefix(64))).utf8)
        let nearest = all.flatMap { [$0.name, $0.domain] }
            .map { (candidate: $0, distance: EditDistance.between(name, Array($0.utf8))) }
            .min { $0.distance < $1.distance }
        guard let nearest, nearest.distance <= farthestTypo else { return nil }
        return nearest.candidate
    }
}

/// Levenshtein's distance: insertions, deletions and replacements that make one text of another.
enum EditDistance {
    static func between(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (line, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in right.enumerated() {
                let replaced = diagonal + (byte == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
