import RoostCore

/// A file that pages refer to, kept in the binary. Its address carries a hash of its content, so that browsers may
/// keep it for ever and still see a new version at once.
public struct Asset: Sendable {
  /// `/console/assets/roost.css`, without the hash.
  public let path: String
  public let mediaType: String
  public let bytes: [UInt8]
  /// Sixteen hexadecimal digits of the content's hash.
  public let version: String

  init(_ name: String, _ mediaType: String, _ text: String) {
    path = "/console/assets/" + name
    self.mediaType = mediaType
    bytes = Array(text.utf8)
    version = PersonID(hash64(text, seed: 0)).text
  }

  /// What goes into pages: the path with `?v=` and the hash.
  public var link: Link { Link(requested: path).adding("v", version) }

  /// How long the answer to a request with that `v` may be kept.
  public func cacheControl(requestedVersion: String?) -> String {
    requestedVersion == version ? "public, max-age=31536000, immutable" : "no-cache"
  }

  public static let stylesheet = Asset("roost.css", "text/css; charset=utf-8", Stylesheet.text)
  public static let script = Asset("roost.js", "text/javascript; charset=utf-8", Script.text)
  public static let icon = Asset("icon.svg", "image/svg+xml", Icon.text)
  public static let all = [stylesheet, script, icon]

  /// The asset at a path without query.
  public static func find(path: String) -> Asset? {
    all.first { $0.path == path }
  }
}

/// What browsers may load: the header `Content-Security-Policy` (W3C CSP level 3).
public enum ContentSecurityPolicy {
  /// For all pages: nothing from elsewhere, nothing inline.
  public static let page =
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"
  /// For `/mailbox/{id}/body` and `…/messages/{id}/body`: strangers' HTML, shown in a frame of the console. Its own
  /// styles and pictures show; scripts, forms and requests do not.
  public static let letterBody =
    "sandbox; default-src 'none'; img-src https: data:; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'"
}
