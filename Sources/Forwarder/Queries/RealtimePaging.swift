/// The walk through the pages of one question. It goes to the end, and notices where the set changed under it.
struct RealtimePaging: Sendable, Equatable {
    private let pageSize: Int
    private var pages = 0
    private var rows = 0
    private var totals: [Int] = []
    /// The number of the page to ask for, from 1; `nil` after the last.
    private(set) var next: Int? = 1

    init(pageSize: Int) { self.pageSize = pageSize }

    mutating func received(rows count: Int, total: Int?, pageCount: Int?) {
        pages += 1
        rows += count
        if let total, totals.last != total { totals.append(total) }
        // Without a count of pages, the last page is one that is not full. An empty page has nothing behind it.
        let more = pageCount.map { pages < $0 } ?? (count >= pageSize)
        next = more && count > 0 ? pages + 1 : nil
    }

    /// What shows that the pages do not belong to one state of the set; `nil` where nothing does.
    var change: String? {
        if totals.count > 1 { return "the API counted \(totals.map(String.init).joined(separator: ", then ")) audits" }
        if let total = totals.last, total != rows { return "the API counted \(total) audits and showed \(rows)" }
        return nil
    }
}
