import RoostCore
import Testing

@testable import Console

@Suite struct HTMLTests {
  private func written(_ write: (inout HTML) -> Void) -> String {
    var html = HTML(reader: Reader(language: .english, zone: .utc, now: SamplePages.now))
    write(&html)
    return String(decoding: html.bytes, as: UTF8.self)
  }

  @Test func textsAndAttributesAreEscaped() {
    #expect(written { $0.text("<a href='x'>&\"") } == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;")
    #expect(
      written { $0.void("input", .value("\"><b>")) } == "<input value=\"&quot;&gt;&lt;b&gt;\">")
  }

  @Test func controlCharactersAreReplaced() {
    #expect(written { $0.text("a\u{0}\u{7F}\tb\n") } == "a\u{FFFD}\u{FFFD}\tb\n")
  }

  @Test func leadingLineBreaksSurviveInTextareas() {
    // HTML, 13.2.6.4.7: a line feed right after <textarea> or <pre> is dropped.
    #expect(written { $0("textarea") { $0.verbatim("\nx") } } == "<textarea>\n\nx</textarea>")
  }

  @Test func longDataIsCut() {
    #expect(written { $0.data("abcdef", charactersMax: 3) } == "<bdi>abc…</bdi>")
    #expect(written { $0.data("абв", charactersMax: 3) } == "<bdi>абв</bdi>")
  }

  @Test func linksAreEncodedAndLocal() {
    #expect(Link("console", "a/b", "ü?#").text == "/console/a%2Fb/%C3%BC%3F%23")
    #expect(Link("..", ".").text == "/%2E%2E/%2E")
    #expect(Link().text == "/")
    #expect(Link("x").adding("query", "a&b=c").adding("cursor", "").adding("z", "1").text == "/x?query=a%26b%3Dc&z=1")
    #expect(Link(requested: "//evil.example").text == "/")
    #expect(Link(requested: "/\\evil.example").text == "/")
    #expect(Link(requested: "https://evil.example").text == "/")
    #expect(Link(requested: "/x?a=1&language=ru&b=2").removing("language").text == "/x?a=1&b=2")
    #expect(Link(requested: "/x?language=ru").removing("language").text == "/x")
  }

  @Test func decodingUndoesEncoding() {
    var random = SeededRandom(seed: 11)
    for _ in 0..<500 {
      let text = String(
        String.UnicodeScalarView((0..<random.below(12)).compactMap { _ in UnicodeScalar(UInt32(random.below(0x3000))) })
      )
      #expect(Link.decode(Link(text).text.dropFirst()) == text)
    }
    #expect(Link.decode("%") == nil)
    #expect(Link.decode("%4") == nil)
    #expect(Link.decode("%FF") == nil)
  }

  @Test func routesReadWhatTheyWrite() {
    let key = "a b/ü"
    let routes: [Route] =
      [
        .home, .signIn, .signOut, .clock, .workspaces, .overview(workspace: key), .people(workspace: key),
        .person(workspace: key, id: key), .segments(workspace: key), .segment(workspace: key, key: key),
        .journeys(workspace: key), .journey(workspace: key, key: key), .rehearsals(workspace: key),
        .broadcasts(workspace: key), .broadcast(workspace: key, key: key),
        .rehearsal(workspace: key, id: key), .rehearsalCancel(workspace: key, id: key), .messages(workspace: key),
        .message(workspace: key, id: key), .messageBody(workspace: key, id: key), .policies(workspace: key), .mailbox,
        .channels(workspace: key), .channelTrial(workspace: key, key: key), .redrive(workspace: key),
        .letter(id: key),
        .letterBody(id: key), .quarantine(workspace: key), .quarantined(workspace: key, id: key),
        .quarantineReplay(workspace: key, id: key),
      ] + Route.JourneyAction.allCases.map { .journeyAction(workspace: key, key: key, action: $0) }
      + Route.BroadcastAction.allCases.map { .broadcastAction(workspace: key, key: key, action: $0) }
    for route in routes { #expect(Route(path: route.link.text) == route) }
    for path in [
      "/x", "/console/a/b", "/console/a/journeys/b/erase", "/mailbox/1/2", "/console/%", "/console/a/people/b/c",
    ] {
      #expect(Route(path: path) == nil, "\(path)")
    }
  }

  @Test func assetsAreVersionedByContent() {
    for asset in Asset.all {
      #expect(Asset.find(path: asset.path)?.version == asset.version)
      #expect(asset.link.text == "\(asset.path)?v=\(asset.version)")
      #expect(asset.cacheControl(requestedVersion: asset.version).contains("immutable"))
      #expect(asset.cacheControl(requestedVersion: "old") == "no-cache")
    }
    #expect(Asset.find(path: "/console/assets/other.css") == nil)
    let css = String(decoding: Asset.stylesheet.bytes, as: UTF8.self)
    #expect(!css.contains("http") && !css.contains("@import") && !css.contains("url("))
    #expect(css.filter { $0 == "{" }.count == css.filter { $0 == "}" }.count)
  }
}
