import RoostCore

/// Fifty segments on thirty-nine conditions that they share: counts in windows, sums, traits, sequences, absences.
enum WorkloadSegments {
  static let conditions = [
    /* 0 */ #"{"event":"Order Completed"}"#,
    /* 1 */ #"{"event":"Order Completed","within":"30d"}"#,
    /* 2 */ #"{"event":"Order Completed","count":{"atLeast":3}}"#,
    /* 3 */ #"{"event":"Order Completed","count":{"atLeast":2},"within":"90d"}"#,
    /* 4 */ #"{"event":"Product Viewed","count":{"atLeast":5},"within":"7d"}"#,
    /* 5 */ #"{"event":"Product Viewed","within":"1d"}"#,
    /* 6 */ #"{"event":"Product Viewed","where":{"category":"shoes"},"count":{"atLeast":3}}"#,
    /* 7 */ #"{"event":"Product Viewed","where":{"category":"bags"},"within":"14d"}"#,
    /* 8 */ #"{"event":"Product Added","within":"3d"}"#,
    /* 9 */ #"{"event":"Product Added","where":{"price":{"atLeast":50}}}"#,
    /* 10 */ #"{"event":"Product Removed"}"#,
    /* 11 */ #"{"event":"Cart Viewed","count":{"atLeast":2},"within":"7d"}"#,
    /* 12 */ #"{"event":"Checkout Started","within":"1d"}"#,
    /* 13 */ #"{"event":"Checkout Started","count":{"atLeast":3},"within":"30d"}"#,
    /* 14 */ #"{"event":"Order Refunded"}"#,
    /* 15 */ #"{"event":"Order Refunded","within":"60d"}"#,
    /* 16 */ #"{"event":"Products Searched","count":{"atLeast":4},"within":"30d"}"#,
    /* 17 */ #"{"event":"Products Searched","where":{"query":{"contains":"sale"}}}"#,
    /* 18 */ #"{"event":"Email Opened","within":"14d"}"#,
    /* 19 */ #"{"event":"Email Opened","count":{"atLeast":5},"within":"90d"}"#,
    /* 20 */ #"{"event":"Email Clicked","within":"30d"}"#,
    /* 21 */ #"{"event":"Article Read","count":{"atLeast":3},"within":"30d"}"#,
    /* 22 */ #"{"event":"Article Read","where":{"topic":"care"}}"#,
    /* 23 */ #"{"event":"Product Shared"}"#,
    /* 24 */ #"{"sum":"total","of":"Order Completed","within":"90d","atLeast":100}"#,
    /* 25 */ #"{"sum":"total","of":"Order Completed","atLeast":500}"#,
    /* 26 */ #"{"sum":"total","of":"Order Completed","within":"30d","atLeast":50}"#,
    /* 27 */ #"{"sum":"price","of":"Product Added","within":"7d","atLeast":200}"#,
    /* 28 */ #"{"sequence":["Product Viewed","Checkout Started"],"within":"1d","not":"Order Completed"}"#,
    /* 29 */ #"{"sequence":["Product Viewed","Product Added","Order Completed"],"within":"7d"}"#,
    /* 30 */ #"{"sequence":["Email Opened","Order Completed"],"within":"3d"}"#,
    /* 31 */ #"{"event":"Order Completed","first":{"within":"30d"}}"#,
    /* 32 */ #"{"event":"Order Completed","last":{"within":"90d"}}"#,
    /* 33 */ #"{"trait":"country","in":["IT","ES"]}"#,
    /* 34 */ #"{"trait":"plan","is":"gold"}"#,
    /* 35 */ #"{"trait":"age","atLeast":30}"#,
    /* 36 */ #"{"trait":"country","is":"DE"}"#,
    /* 37 */ #"{"orders":"count","atLeast":3}"#,
    /* 38 */ #"{"consent":"marketing.email"}"#,
  ]

  /// `all` or `any` of conditions by number; `!` is their absence.
  static let segments = [
    "all 0 !1", "all 0 1", "all 2", "all 3 33", "all 4 !0", "all 5 !12", "all 6", "all 7 !1", "all 8 !1", "all 9 35",
    "all 10 !0", "all 11 !12", "all 12 !1", "all 13", "all 14 !15", "all 15", "all 16 !0", "all 17 18", "all 18 !20",
    "all 19", "all 20 !1", "all 21 22", "all 22 !0", "all 23 34", "all 24", "all 25 34", "all 26 !3", "all 27 !1",
    "all 28", "all 29", "all 30", "all 31", "all 32 !1", "all 33 34", "all 35 !34", "all 36 0", "all 37", "all 38 !18",
    "any 3 25", "any 12 28", "any 19 20 21", "any 34 37", "all 33 4 !1", "all 36 5", "all 24 35 !14", "all 6 7",
    "all 16 17 !8", "any 6 7 9", "all 38 !1", "all 34 !32",
  ]

  /// Key and document of each.
  static func documents() throws(Failure) -> [(key: String, body: JSONValue)] {
    let parsed = try conditions.map { text throws(Failure) in try json(text) }
    return segments.enumerated().map { place, formula in
      let words = formula.split(separator: " ")
      let parts = words.dropFirst().map { word -> JSONValue in
        guard word.first == "!" else { return parsed[Int(word)!] }
        return ["not": parsed[Int(word.dropFirst())!]]
      }
      let key = "bench-\(place)"
      return (
        key,
        .object([
          .init("segment", .string(key)), .init("name", .string("Bench \(formula)")),
          .init(String(words[0]), .array(parts)),
        ])
      )
    }
  }

  static func json(_ text: String) throws(Failure) -> JSONValue {
    do throws(JSONError) { return try JSONValue(parsing: text) } catch {
      throw Failure(.foundProblem, "the workload's \(text) is no JSON: \(error.reason) at byte \(error.offset)")
    }
  }
}
