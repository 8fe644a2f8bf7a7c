import AuditCore

/// The walk through the pages of one window, which checks itself: the set is alive while it is paged, and items shift.
///
/// Ascending order by page number shows every audit once only if nothing was inserted before the place where the walk stands. An insertion
/// changes `total`, so: the total is the same on every page, the rows add up to it, and no page has a row of the one before.
struct PageWalk: Sendable {
    enum Step: Equatable {
        case next(ReadRequest.Position)
        case complete
        /// The pages do not fit together.
        case inconsistent(String)
        /// The set is larger than can be paged; its size where it is known.
        case tooMuch(rows: Int)
    }

    private let pageSize: Int
    private let rowLimit: Int
    private(set) var pagesRead = 0
    private(set) var rows = 0
    private var total: Int?
    private var lastPage: Set<AuditID> = []

    init(pageSize: Int, rowLimit: Int) {
        self.pageSize = pageSize
        self.rowLimit = rowLimit
    }

    var first: ReadRequest.Position { .page(1, size: pageSize) }

    mutating func received(_ page: AuditPage, total: Int?, pageCount: Int?, pageSize echoed: Int?) -> Step {
        if let echoed, echoed > 0, echoed < pageSize, (echoed..<pageSize).contains(page.audits.count),
            total.map({ $0 > echoed }) ?? true
        {
            // The server pages by a smaller size than was asked for: its page numbers count in that one, and a full page looks short.
            return .inconsistent("the page size \(pageSize) was cut to \(echoed)")
        }
        if pagesRead > 0, total != self.total {
            return .inconsistent("the total went from \(self.total ?? 0) to \(total ?? 0)")
        }
        if page.audits.contains(where: { $0.id.map(lastPage.contains) ?? false }) {
            return .inconsistent("page \(pagesRead + 1) has an audit of page \(pagesRead)")
        }
        self.total = total
        pagesRead += 1
        rows += page.audits.count
        return step(after: page, pageCount: pageCount)
    }

    private mutating func step(after page: AuditPage, pageCount: Int?) -> Step {
        // An index that counts no further than its limit says the limit.
        if let total, total >= rowLimit { return .tooMuch(rows: total) }
        let pages = pageCount ?? total.map { ($0 + pageSize - 1) / pageSize }
        let more = pages.map { pagesRead < $0 } ?? (page.audits.count >= pageSize)
        if more {
            if page.audits.isEmpty { return .inconsistent("page \(pagesRead) of \(pages ?? 0) is empty") }
            if rows >= rowLimit { return .tooMuch(rows: rows) }
            lastPage = Set(page.audits.compactMap(\.id))
            return .next(.page(pagesRead + 1, size: pageSize))
        }
        if rows >= rowLimit { return .tooMuch(rows: rows) }
        if let total, rows != total { return .inconsistent("\(rows) audits were shown of \(total)") }
        return .complete
    }
}
