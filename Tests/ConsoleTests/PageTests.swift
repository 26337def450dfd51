import RoostCore
import Testing

@testable import Console

/// Every page, in both languages, plain and under attack.
@Suite struct PageTests {
  static let attacks = [
    "<script>alert(1)</script>", "\" onmouseover=\"alert(1)", "' style='color:red",
    "</textarea><img src=x onerror=alert(1)>",
    "javascript:alert(1)", "//evil.example/x", "../../etc", "a\u{0}b\u{8}\u{1B}c\r\nd", "\u{202E}txt.exe",
    "&lt;&amp;&#x3c;", "",
    String(repeating: "<b>&\"'", count: 60), "🏳️‍🌈é́́́", "]]><!--", "{}", ".", "..", "%2e%2e", "?notice=x&csrf=y#z",
  ]

  /// The tags of each page as it should be.
  static let plainTags: [Set<String>] = {
    let samples = SamplePages()
    return samples.all.map { Set(WellFormed($0.page.document(in: samples.frame(.russian))).tags) }
  }()

  @Test(arguments: Language.allCases)
  func pagesAreWellFormed(language: Language) {
    let samples = SamplePages()
    for (name, page) in samples.all {
      let html = WellFormed(page.document(in: samples.frame(language, signedIn: name != "sign-in")))
      #expect(html.faults.isEmpty, "\(name)")
      #expect(html.tags.filter { $0 == "h1" }.count == 1, "\(name)")
      #expect(html.attributes.contains { $0.tag == "html" && $0.name == "lang" && $0.value == language.rawValue })
    }
  }

  @Test(arguments: attacks)
  func hostileDataStaysText(attack: String) {
    let samples = SamplePages(text: { _ in attack })
    for ((name, page), known) in zip(samples.all, Self.plainTags) {
      let html = WellFormed(page.document(in: samples.frame(.russian)))
      #expect(html.faults.isEmpty, "\(name)")
      checkPolicy(html, name)
      let unexpected = Set(html.tags).subtracting(known).subtracting([
        "bdi", "small", "code", "a", "ol", "div", "span", "footer",
      ])
      #expect(unexpected.isEmpty, "\(name): \(unexpected)")
    }
  }

  @Test func plainPagesObeyThePolicy() {
    let samples = SamplePages()
    for (name, page) in samples.all { checkPolicy(WellFormed(page.document(in: samples.frame())), name) }
  }

  /// What `default-src 'self'` without inline code asks of a page.
  private func checkPolicy(_ html: WellFormed, _ name: String) {
    #expect(!html.tags.contains("style"), "\(name)")
    #expect(html.tags.filter { $0 == "script" }.count == 1, "\(name)")
    for (tag, attribute, value) in html.attributes {
      #expect(!attribute.hasPrefix("on") && attribute != "style", "\(name): \(attribute)")
      guard ["href", "src", "action"].contains(attribute), value != "#main" else { continue }
      #expect(value.hasPrefix("/") && !value.hasPrefix("//"), "\(name): <\(tag) \(attribute)=\(value)>")
      let path = value.prefix { $0 != "?" }
      #expect(!path.split(separator: "/").contains { $0 == "." || $0 == ".." }, "\(name): \(value)")
    }
  }

  @Test func formsThatChangeCarryTheToken() {
    let samples = SamplePages()
    for (name, page) in samples.all where name != "sign-in" {
      let html = WellFormed(page.document(in: samples.frame()))
      let posts = html.attributes.filter { $0.name == "method" && $0.value == "post" }.count
      let tokens = html.attributes.filter { $0.name == "value" && $0.value == "t0k3n" }.count
      #expect(posts == tokens && posts > 0, "\(name)")
    }
  }

  @Test func idsAreUniqueAndReferencesLead() {
    let samples = SamplePages()
    for (name, page) in samples.all {
      let html = WellFormed(page.document(in: samples.frame()))
      let ids = html.attributes.filter { $0.name == "id" }.map(\.value)
      #expect(Set(ids).count == ids.count, "\(name)")
      for (_, attribute, value) in html.attributes where attribute == "for" || attribute == "aria-describedby" {
        #expect(ids.contains(value), "\(name): \(value)")
      }
    }
  }

  @Test func everyLinkIsARoute() {
    let samples = SamplePages()
    for (name, page) in samples.all {
      for (_, attribute, value) in WellFormed(page.document(in: samples.frame())).attributes
      where ["href", "src", "action"].contains(attribute) && value != "#main" {
        let path = String(value.prefix { $0 != "?" })
        #expect(Route(path: path) != nil || Asset.find(path: path) != nil, "\(name): \(value)")
      }
    }
  }

  @Test func pagesAreSmall() {
    let samples = SamplePages()
    for (name, page) in samples.all {
      let bytes = page.document(in: samples.frame(.russian)).count
      #expect(bytes <= 32_000, "\(name): \(bytes)")
    }
    #expect(Asset.all.map(\.bytes.count).reduce(0, +) < 40_000)
  }

  @Test func fragmentsAreTheElementOfThePage() throws {
    let samples = SamplePages()
    for (name, page) in samples.all where name != "sign-in" {
      let document = String(decoding: page.document(in: samples.frame()), as: UTF8.self)
      let names = WellFormed(Array(document.utf8)).attributes.filter { $0.name == "data-live" }.map(\.value)
      for live in names {
        let fragment = try #require(page.fragment(live, in: samples.frame()), "\(name): \(live)")
        #expect(document.contains(String(decoding: fragment, as: UTF8.self)))
        #expect(WellFormed(fragment).faults.isEmpty)
      }
      #expect(page.fragment("nothing", in: samples.frame()) == nil)
    }
  }
}
