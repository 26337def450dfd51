import RoostCore

/// A page of the console: a value with all that it shows, and how it is written. Rendering reads nothing else.
public protocol Page: Sendable {
  /// Where the page belongs in the navigation.
  var section: Section? { get }
  /// What stands above the title: the way back to the list it came from.
  func crumbs(in frame: Frame) -> [Crumb]
  func title(in frame: Frame) -> Title
  /// Writes everything under the title.
  func write(into html: inout HTML, in frame: Frame)
  /// Writes what stands beside the title.
  func writeActions(into html: inout HTML, in frame: Frame)
}

extension Page {
  public var section: Section? { nil }
  public func crumbs(in frame: Frame) -> [Crumb] { [] }
  public func writeActions(into html: inout HTML, in frame: Frame) {}

  /// The whole document, UTF-8.
  public func document(in frame: Frame) -> [UInt8] {
    var html = HTML(reader: frame.reader)
    html.document(self, frame)
    return html.bytes
  }

  /// One live element of the page, as `?fragment=NAME` asks for it; `nil` if the page has none of that name.
  public func fragment(_ name: String, in frame: Frame) -> [UInt8]? {
    var html = HTML(reader: frame.reader)
    html.document(self, frame)
    return html.fragment(name)
  }
}

/// A page's title: the program's words or a name from data.
public enum Title: Sendable {
  case phrase(Phrase)
  case data(String)
}

/// A step of the way to a page.
public struct Crumb: Sendable {
  public var title: Title
  public var route: Route

  public init(_ title: Title, _ route: Route) {
    self.title = title
    self.route = route
  }
}

/// An entry of the navigation.
public enum Section: CaseIterable, Sendable {
  case overview, people, segments, journeys, broadcasts, templates, messages, channels, policies, mailbox, quarantine
}

/// What surrounds every page: who reads it, where they are, what they may go to.
public struct Frame: Sendable {
  public var reader: Reader
  /// Proves that a form was sent from these pages; "" where nobody is signed in.
  public var csrfToken: String
  /// All workspaces that the reader may see.
  public var workspaces: [WorkspaceName]
  /// The one that the page or its navigation is about.
  public var workspace: WorkspaceName?
  /// The address of the page itself, for the language switch.
  public var address: Link
  /// The simulated clock; `nil` where time is real.
  public var sandbox: Instant?
  /// How many rejected events wait in the workspace's quarantine.
  public var quarantined: Int
  /// What came of the form that led here.
  public var notice: Notice?

  public init(
    reader: Reader, csrfToken: String, workspaces: [WorkspaceName] = [], workspace: WorkspaceName? = nil,
    address: Link, sandbox: Instant? = nil, quarantined: Int = 0, notice: Notice? = nil
  ) {
    self.reader = reader
    self.csrfToken = csrfToken
    self.workspaces = workspaces
    self.workspace = workspace
    self.address = address
    self.sandbox = sandbox
    self.quarantined = quarantined
    self.notice = notice
  }

  /// The key of the workspace in view; "" if there is none.
  var workspaceKey: String { (workspace ?? workspaces.first)?.key ?? "" }
  var isSignedIn: Bool { !csrfToken.isEmpty }
}

/// A workspace as people and addresses call it.
public struct WorkspaceName: Hashable, Sendable {
  public var key: String
  public var name: String

  public init(key: String, name: String) {
    self.key = key
    self.name = name
  }
}

/// The outcome of a form, shown once on the page that it led to.
public enum Notice: Hashable, Sendable {
  /// Carried from the form to the page as `?notice=NAME`.
  public enum Done: String, CaseIterable, Sendable {
    case published, testSent, paused, resumed, archived, started, stopped, replayed, saved, redriven
    case clockMoved = "clock"
  }

  case done(Done)
  /// What stood in the way; nothing was changed.
  case problem(Problem)
}
