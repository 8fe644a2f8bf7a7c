import AuditCore
import Engine

/// The figures of late arrivals, in the table `late` of `Schema`.
extension Database {
    func late(of output: SQLiteValue) throws(SQLiteError) -> LateArrivals {
        var late = LateArrivals()
        try run("SELECT bound, count, delay FROM late WHERE output = ?", [output]) { row in
            // Into the buckets of this version, whatever those of the writer were.
            late.add(
                Int(row.integer(1)), delay: .milliseconds(row.integer(2)), within: .milliseconds(row.integer(0)))
        }
        return late
    }

    func replace(_ late: LateArrivals, _ output: SQLiteValue, _ seal: inout Seal) throws(SQLiteError) {
        try seal.delete(from: "late", where: "output = ?", [output])
        let bounds = LateArrivals.bounds.map(\.wholeMilliseconds) + [Int64.max]
        for (bound, bucket) in zip(bounds, late.buckets) where bucket.count > 0 {
            try seal.insert(
                into: "late",
                [output, .integer(bound), .integer(Int64(bucket.count)), .integer(bucket.delay.wholeMilliseconds)])
        }
    }
}
