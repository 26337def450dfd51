import RoostCore
import Testing

@testable import Channels

@Suite struct LinkRewriterTests {
  private func html(_ text: String) -> String { LinkRewriter.rewrite(html: text) { "[\($0)]" } }
  private func text(_ text: String) -> String { LinkRewriter.rewrite(text: text) { "[\($0)]" } }

  @Test(arguments: [
    ("<a href=\"https://a.example/?x=1&amp;y=2\">x</a>", "<a href=\"[https://a.example/?x=1&y=2]\">x</a>"),
    ("<A class=b HREF='HTTP://a.example'>", "<A class=b HREF='[HTTP://a.example]'>"),
    ("<a href=https://a.example/b>c</a>", "<a href=[https://a.example/b]>c</a>"),
    ("<area shape=rect href=\"https://a.example\"/>", "<area shape=rect href=\"[https://a.example]\"/>"),
    ("<a title=\"a > b\" href = \" https://a.example \">", "<a title=\"a > b\" href = \"[https://a.example]\">"),
    ("<a href=\"https&#58;//a.example/&#x26;\">", "<a href=\"[https://a.example/&]\">"),
    (
      "<a href='https://a.example'><a href='https://b.example'>",
      "<a href='[https://a.example]'><a href='[https://b.example]'>"
    ),
  ])
  func linksAreReplaced(_ before: String, _ after: String) { #expect(html(before) == after) }

  @Test(arguments: [
    "<a href=\"mailto:a@b.example\">", "<a href=\"#top\">", "<a href=\"tel:+1\">", "<a name=x>", "<a>",
    "<a data-track=\"off\" href=\"https://a.example\">", "<a href='https://a.example' DATA-TRACK=off>",
    "<!-- <a href=\"https://a.example\"> -->", "<style>a{content:\"<a href='https://a.example'>\"}</style>",
    "<script>'<a href=\"https://a.example\">'</script>", "<abbr href=\"https://a.example\">",
    "<img src=\"https://a.example\">", "<a href=\"https://a.example", "a < b", "<", "<a", "<a href", "<a href=", "<!--",
    "",
  ])
  func theRestStays(_ text: String) {
    // An address without its closing quote is taken to the end, as browsers do.
    #expect(html(text) == (text.hasSuffix("example") ? "<a href=\"[https://a.example]" : text))
  }

  @Test(arguments: [
    ("See https://a.example/b.", "See [https://a.example/b]."), ("(http://a.example)", "([http://a.example])"),
    ("https://a.example/x_(y)", "[https://a.example/x_(y)]"), ("<https://a.example>", "<[https://a.example]>"),
    ("a,https://a.example/?q=1&r=2!\nb", "a,[https://a.example/?q=1&r=2]!\nb"),
    ("HTTPS://A.example", "[HTTPS://A.example]"), ("xhttps://a.example", "xhttps://a.example"),
    ("https:/a", "https:/a"), ("h", "h"), ("Да: https://пример.рф/путь.", "Да: [https://пример.рф/путь]."),
  ])
  func plainText(_ before: String, _ after: String) { #expect(text(before) == after) }

  /// Whatever comes in, nothing breaks, and without replacements nothing changes.
  @Test func anyBytesPassThrough() {
    var random = SeededRandom(seed: 7)
    let parts = [
      "<a ", "href=", "\"", "'", "https://a.b/", ">", "<!--", "-->", "</style", "<style", "&#", ";", "=", " ", "я", "/",
      "data-track=off",
    ]
    for _ in 0..<2_000 {
      let text = (0..<Int(random.next() % 20)).map { _ in parts[Int(random.next() % UInt64(parts.count))] }.joined()
      #expect(LinkRewriter.rewrite(html: text) { _ in nil } == text)
      #expect(LinkRewriter.rewrite(text: text) { _ in nil } == text)
      _ = html(text)
    }
  }
}
