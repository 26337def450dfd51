import Console
import Engine
import NIOHTTP1
import RoostCore
import Runtime

/// A request for a page: who asks, in which language.
struct Visit: Sendable {
  var request: HTTPRequest
  var sessionID: String?
  var session: Sessions.Session?
  var language: Language
  /// The language that was chosen by this very request.
  var chosenLanguage: Language?
  /// The fields of a form.
  var form: [(name: String, value: String)]

  var isRead: Bool { request.method == .GET || request.method == .HEAD }
  /// One live element is asked for, not the page.
  var fragment: String? { request.query("fragment") }

  func field(_ name: String) -> String { form.first { $0.name == name }?.value ?? "" }

  /// The form was sent from a page that this session got.
  var isGenuine: Bool {
    session.map { isEqualInConstantTime(field("csrf"), $0.csrfToken) } ?? false
  }

  /// The page's own address with its query.
  var address: Link {
    var address = Link(requested: request.rawPath)
    // Items are written anew: what a request says about itself is not repeated as it came.
    for item in request.query where item.name != "fragment" {
      guard let name = Self.knownItems.first(where: { $0.description == item.name }) else { continue }
      address = address.adding(name, item.value)
    }
    return address
  }

  private static let knownItems: [StaticString] = [
    "query", "cursor", "journey", "person", "status", "version", "language", "notice",
  ]

  /// What came of the form that led here.
  var notice: Notice? { request.query("notice").flatMap(Notice.Done.init(rawValue:)).map(Notice.done) }

  /// `http://HOST:PORT` as the browser knows this server, for examples.
  var serverAddress: String {
    let host = request.headers.first(name: "host") ?? ""
    let isPlain =
      !host.isEmpty
      && host.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x3A, 0x2D, 0x5B, 0x5D: true
        default: false
        }
      }
    let scheme = request.headers.first(name: "x-forwarded-proto") == "https" ? "https" : "http"
    return "\(scheme)://\(isPlain ? host : "127.0.0.1:8080")"
  }
}

/// A visit within a workspace, or beside all of them.
struct Room: Sendable {
  var visit: Visit
  var view: FrameView
  var workspace: Workspace?

  /// Only inside a workspace.
  var id: WorkspaceID { workspace?.id ?? WorkspaceID(0) }
  var key: String { workspace?.key ?? "" }
}

extension Pages {
  func visit(_ request: HTTPRequest) -> Visit {
    let sessionID = request.cookie(sessionCookie)
    let chosen = request.query("language").flatMap(Language.init(rawValue:))
    let kept = request.cookie("roost_language").flatMap(Language.init(rawValue:))
    let accepted = Language(accepting: request.headers.first(name: "accept-language") ?? "")
    return Visit(
      request: request, sessionID: sessionID,
      session: sessionID.flatMap { sessions.find($0, now: wallClock()) }, language: chosen ?? kept ?? accepted,
      chosenLanguage: chosen,
      form: request.method == .POST ? formFields(String(decoding: request.body, as: UTF8.self)) ?? [] : [])
  }

  /// Goes to a workspace; not found if there is none of that key.
  func enter(_ key: String, _ visit: Visit) async throws(Problem) -> Room {
    let view = try await node.perform { partition throws(Problem) in try partition.frameView(workspace: key) }
    guard let workspace = view.workspaces.first(where: { $0.key == key }) else {
      throw Problem(.notFound, "there is no workspace \"\(key)\"")
    }
    return Room(visit: visit, view: view, workspace: workspace)
  }

  /// A page beside all workspaces. The navigation leads to the first of them.
  func lobby(_ visit: Visit) async throws(Problem) -> Room {
    let view = try await node.perform { partition throws(Problem) in
      try partition.frameView(workspace: partition.workspaces.first?.key)
    }
    return Room(visit: visit, view: view, workspace: nil)
  }

  func frame(_ room: Room, notice: Notice? = nil) -> Frame {
    return Frame(
      reader: Reader(
        language: room.visit.language, zone: zone(of: room.workspace ?? room.view.workspaces.first), now: room.view.now),
      csrfToken: room.visit.session?.csrfToken ?? "",
      workspaces: room.view.workspaces.map { WorkspaceName(key: $0.key, name: $0.name) },
      workspace: room.workspace.map { WorkspaceName(key: $0.key, name: $0.name) }, address: room.visit.address,
      sandbox: room.view.isSandbox ? room.view.now : nil, quarantined: room.view.quarantined,
      notice: notice ?? room.visit.notice)
  }

  /// A workspace's clocks.
  func zone(of workspace: Workspace?) -> ZoneRules {
    workspace.flatMap { node.zones[$0.timezone] } ?? .utc
  }

  /// For pages that know nothing: the door, and faults.
  func bareFrame(_ visit: Visit) -> Frame {
    Frame(
      reader: Reader(language: visit.language, zone: .utc, now: node.receiptTime()), csrfToken: "",
      address: visit.address)
  }
}
