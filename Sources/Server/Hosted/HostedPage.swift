import Crypto
import NIOHTTP1

/// The frame of hosted pages: one column, no script, nothing from elsewhere.
struct HostedPage {
  var words: HostedWords
  var title: String
  /// The workspace's name; "" where none may be told.
  var sender = ""
  var body: Markup

  func response(_ status: HTTPResponseStatus = .ok) -> HTTPResponse {
    let document: Markup = """
      <!doctype html>
      <html lang="\(words.language)"><head><meta charset="utf-8">\
      <meta name="viewport" content="width=device-width,initial-scale=1">\
      <meta name="robots" content="noindex"><title>\(title)</title><style>\(Self.style)</style></head>
      <body><main>\(sender.isEmpty ? "" : "<p class=\"sender\">\(sender)</p>" as Markup)<h1>\(title)</h1>
      \(body)
      </main></body></html>
      """
    var response = HTTPResponse.html(Array(document.text.utf8), status: status)
    for (name, value) in Self.headers { response.headers.replaceOrAdd(name: name, value: value) }
    return response
  }

  private static let style: Markup = """
    :root{color-scheme:light dark}body{margin:0;font:17px/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}\
    main{max-width:34rem;margin:0 auto;padding:2rem 1rem}h1{font-size:1.5rem;line-height:1.25}\
    .sender{margin:0;opacity:.75}label{display:flex;gap:.75rem;align-items:flex-start;padding:.75rem 0;\
    border-bottom:1px solid #8884}input{width:1.25rem;height:1.25rem;margin:.15rem 0 0;flex:none}\
    fieldset{border:0;margin:1.5rem 0 0;padding:0}legend{padding:0;font-weight:600}\
    .actions{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.5rem}\
    button{font:inherit;padding:.6rem 1.1rem;border:1px solid #888;border-radius:.4rem;background:none;color:inherit;\
    cursor:pointer;min-height:2.75rem}button.main{background:#1a5fb4;border-color:#1a5fb4;color:#fff}\
    :focus-visible{outline:3px solid #3584e4;outline-offset:2px}.notice{padding:.75rem 1rem;border-left:4px solid #26a269;\
    background:#26a2691a}footer{margin-top:2.5rem;font-size:.9rem}
    """

  /// The style stands in the page and is named by its hash: no other style and no script at all can run.
  private static let headers: [(String, String)] = {
    let hash = Array(SHA256.hash(data: Array(style.text.utf8)))
    return [
      (
        "content-security-policy",
        "default-src 'none'; style-src 'sha256-\(base64Encoded(hash))'; form-action 'self'; base-uri 'none'; "
          + "frame-ancestors 'none'"
      ),
      ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("x-robots-tag", "noindex"),
      ("x-frame-options", "DENY"), ("vary", "Accept-Language"),
    ]
  }()
}

private func base64Encoded(_ bytes: [UInt8]) -> String {
  let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let part = bytes[start..<min(start + 3, bytes.count)]
    let word = part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - part.count))
    for place in 0..<4 {
      text.append(place <= part.count ? letters[Int(word >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
    }
  }
  return String(decoding: text, as: UTF8.self)
}
