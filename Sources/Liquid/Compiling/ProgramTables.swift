/// What the compiler fills: flat instructions over tables of texts, paths and filters. Nested blocks are jumps, so rendering
/// needs no recursion.
struct ProgramTables: Sendable {
  var functions: [Function] = []
  /// All literal text, one after the other.
  var text: [UInt8] = []
  var literals: [LiquidValue] = []
  /// Names of variables: the number of a name is its place in the renderer's bindings.
  var symbols: [String] = []
  var symbolNumbers: [String: Int32] = [:]
  var paths: [Path] = []
  var steps: [Step] = []
  var ranges: [RangeOperand] = []
  var filters: [FilterCall] = []
  var namedArguments: [NamedOperand] = []
  var arguments: [Operand] = []
  var expressions: [Expression] = []
  var conditions: [Condition] = []
  var terms: [Term] = []
  var loops: [LoopSpec] = []
  var cycles: [CycleSpec] = []
  var calls: [CallSpec] = []
  var cases: [Extent] = []
  /// Names and texts of the template, its snippets and its layout, for the places of errors.
  var sources: [(name: String, bytes: [UInt8])] = []

  /// A path with its key, if it has one. The catalogue's members are looked up elsewhere.
  func withKey(_ path: Path) -> Path {
    var path = path
    if path.steps.count == 1, path.symbol >= 0, path.symbol != symbolNumbers["catalog"],
      case .key(let key) = steps[Int(path.steps.lowerBound)]
    {
      path.key = key
    }
    return path
  }
}

/// Neighbouring elements of a table.
struct Extent: Sendable, BitwiseCopyable {
  var lowerBound: Int32
  var upperBound: Int32

  init(_ lowerBound: Int32, _ upperBound: Int32) {
    self.lowerBound = lowerBound
    self.upperBound = upperBound
  }

  var count: Int { Int(upperBound - lowerBound) }
  var isEmpty: Bool { lowerBound == upperBound }
}

/// The template itself (function 0), or a snippet in one place of the HTML.
struct Function: Sendable {
  var source: Int32 = 0
  var instructions: [Instruction] = []
  /// Where each instruction stands in the source.
  var places: [Int32] = []
  /// How many `case` tags are inside one another.
  var registers = 0
}

/// One step of rendering. Numbers are places in the program's tables.
enum Instruction: Sendable, BitwiseCopyable {
  case text(start: Int32, end: Int32)
  case output(expression: Int32, place: OutputPlace)
  case assign(symbol: Int32, expression: Int32)
  case jump(Int32)
  case jumpUnless(condition: Int32, target: Int32)
  case caseBegin(register: Int32, expression: Int32)
  case when(register: Int32, values: Int32, otherwise: Int32)
  case whenAgain(register: Int32, target: Int32)
  case caseElse(register: Int32, otherwise: Int32)
  case loopBegin(Int32)
  case loopNext(Int32)
  case stop
  case skip
  case cycle(Int32, place: OutputPlace)
  case count(symbol: Int32, isUp: Bool)
  case captureBegin(symbol: Int32)
  case captureEnd
  case changedBegin
  case changedEnd
  case include(Int32)
  case render(Int32)
  case finish
  case nothing
}

/// Where a value comes from.
enum Operand: Sendable, Equatable, BitwiseCopyable {
  case literal(Int32)
  case path(Int32)
  case range(Int32)
}

struct RangeOperand: Sendable, BitwiseCopyable {
  var first: Operand
  var last: Operand
}

/// A variable and the way into it.
struct Path: Sendable, BitwiseCopyable {
  /// −1: the name itself is computed (`[name]`).
  var symbol: Int32
  var computed: Operand
  var steps: Extent
  /// The name in the literals, of a path that is a variable's member and no more; −1 for others.
  var key: Int32 = -1
}

enum Step: Sendable, BitwiseCopyable {
  /// A member by a name in the literals.
  case key(Int32)
  /// `.first`, `.last`, `.size`: of lists too.
  case first(Int32)
  case last(Int32)
  case size(Int32)
  case index(Int32)
  case computed(Operand)
}

struct FilterCall: Sendable, BitwiseCopyable {
  var filter: Filter
  var arguments: Extent
  /// Named arguments, in the order of the template.
  var named: Extent
  var place: Int32
}

struct NamedOperand: Sendable {
  var name: String
  var value: Operand
}

struct Expression: Sendable, BitwiseCopyable {
  var operand: Operand
  var filters: Extent
}

/// Terms joined from the right: `a and b or c` is `a and (b or c)`.
struct Condition: Sendable, BitwiseCopyable {
  var terms: Extent
  var isNegated: Bool
}

struct Term: Sendable, BitwiseCopyable {
  enum Joint: Sendable, BitwiseCopyable { case and, or, end }
  var left: Operand
  /// `nil`: the truth of `left`.
  var comparison: Comparison?
  var right: Operand
  var joint: Joint
}

struct LoopSpec: Sendable {
  enum Offset: Sendable {
    case none
    case value(Operand)
    /// Where the loop of the same name ended.
    case proceed
  }
  var variable: Int32
  var collection: Operand
  /// `item-collection`, as `forloop.name` says it.
  var name: String
  var limit: Operand?
  var offset = Offset.none
  var isReversed = false
  /// `tablerow`.
  var isTable = false
  var columns: Operand?
  var body: Int32 = 0
  var next: Int32 = 0
  /// Behind `loopNext`.
  var after: Int32 = 0
  /// Where to go on without items.
  var otherwise: Int32 = 0
}

struct CycleSpec: Sendable {
  /// `nil`: known by its own text.
  var group: Operand?
  /// Under which the renderer counts the turns of one without a group.
  var key: String
  var values: Extent
}

struct CallSpec: Sendable {
  struct Target: Sendable {
    var name: String
    var function: Int32
  }
  /// The snippets that can be meant: one, or all where the name is computed.
  var targets: [Target]
  var computed: Operand?
  var arguments: [(symbol: Int32, value: Operand)]
  /// The symbol that `with` and `for` bind; per target, since it is the snippet's name unless `as` says otherwise.
  var alias: Int32?
  var value: Operand?
  /// `for`: once for each item.
  var isLoop: Bool
}
