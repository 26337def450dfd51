/// Small drawings on a 16-unit grid, stroked in the colour of the text beside them.
struct Drawing: Sendable {
  let path: StaticString
  init(_ path: StaticString) { self.path = path }

  static let bird = Drawing(
    "M2 13.5h12M9.5 13.5V11M4 4.5 2 5.6l2 1M4 5a3 3 0 0 1 6 0v.5c2 .5 3.5 2 4 4.5H8.5A4.5 4.5 0 0 1 4 5.5z")
}

extension HTML {
  mutating func icon(_ drawing: Drawing) {
    self("svg", .class("icon"), .fixed(.viewBox, "0 0 16 16"), .fixed(.hidden, "true")) { html in
      html("path", .fixed(.d, drawing.path)) { _ in }
    }
  }

  /// The product's mark.
  mutating func mark() {
    self("svg", .class("mark"), .fixed(.viewBox, "0 0 16 16"), .fixed(.hidden, "true")) { html in
      html("path", .fixed(.d, Drawing.bird.path)) { _ in }
    }
  }
}

extension Section {
  var drawing: Drawing {
    switch self {
    case .overview: Drawing("M2.5 8.5v5h3v-5zM6.5 2.5v11h3v-11zM10.5 6v7.5h3V6z")
    case .people: Drawing("M8 8a2.8 2.8 0 1 0 0-5.6A2.8 2.8 0 0 0 8 8zM2.8 13.8a5.2 5.2 0 0 1 10.4 0")
    case .segments: Drawing("M6 10.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM10 13.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8z")
    case .journeys: Drawing("M2.5 3.5h4v3h-4zM9.5 9.5h4v3h-4zM6.5 5h3a2 2 0 0 1 2 2v2.5")
    case .templates: Drawing("M3 1.8h7l3 3v9.4H3zM9.8 2v3h3M5.5 8h5M5.5 10.8h5")
    case .broadcasts: Drawing("M2.5 6.5v3h2.5l5.5 3.5V3L5 6.5zM12.5 6a3 3 0 0 1 0 4")
    case .messages: Drawing("M2 3.5h12v8H7l-3 2.5v-2.5H2z")
    case .channels: Drawing("M2.5 8h3l7-4.5v9L5.5 8M5.5 8v4.5h2V9.3")
    case .policies: Drawing("M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.5V8l2.5 1.5")
    case .mailbox: Drawing("M1.8 4h12.4v8.5H1.8zM2 4.3l6 4.7 6-4.7")
    case .quarantine: Drawing("M8 2.2 14.3 13H1.7zM8 6.5v3M8 11.2v.1")
    }
  }
}
