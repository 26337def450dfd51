import Journeys
import RoostCore
import Segments

/// Which journey may start which, by what one sets or where people stand in it and what the other enters on.
///
/// An index over traits and journeys, so that finding the pairs takes no longer than there are pairs.
struct Connections {
  struct Link: Hashable {
    var from: String
    var to: String
    /// In words: `sets the trait "vip"`, `is finished`.
    var cause: String
    /// The step of `from` that does it; `nil` if entering or leaving does.
    var step: String?
  }
  private(set) var links: [Link] = []

  init(_ library: Library) {
    var byTrait: [String: [(journey: String, claims: [[ValueClaim]])]] = [:]
    var byJourney: [String: [String]] = [:]
    for (key, journey) in library.journeys.sorted(by: { $0.key < $1.key }) {
      guard case .segment(let segment) = journey.entry else { continue }
      for (trait, claims) in library.claims(ofSegment: segment) { byTrait[trait, default: []].append((key, claims)) }
      for case .journey(let other, _) in library.conditions(ofSegment: segment) {
        byJourney[other, default: []].append(key)
      }
    }
    var known: Set<Link> = []
    for (key, journey) in library.journeys.sorted(by: { $0.key < $1.key }) {
      journey.forEachStep { step in
        guard case .set(let trait, let value) = step.action else { return }
        for reader in byTrait[trait] ?? [] {
          // Of all the ways into the segment one must go with this value.
          let isAnswered = reader.claims.contains { $0.allSatisfy { $0.isTrue(of: value, at: library.start) } }
          if isAnswered {
            add(Link(from: key, to: reader.journey, cause: "sets the trait \"\(trait)\"", step: step.id), &known)
          }
        }
      }
      for other in byJourney[key] ?? [] {
        add(Link(from: key, to: other, cause: "takes people in or lets them go"), &known)
      }
    }
  }

  private mutating func add(_ link: Link, _ known: inout Set<Link>) {
    if known.insert(link).inserted { links.append(link) }
  }

  /// The sets of journeys that lead back to themselves (Tarjan's strongly connected components), those of one journey
  /// only if it starts itself.
  var circles: [[String]] {
    var search = ComponentSearch(Dictionary(grouping: links, by: \.from).mapValues { $0.map(\.to) })
    for key in Set(links.map(\.from)).sorted() { search.visit(key) }
    let own = Set(links.filter { $0.from == $0.to }.map(\.from))
    return search.components.filter { $0.count > 1 || own.contains($0[0]) }.map { $0.sorted() }
  }
}

/// Tarjan 1972, without recursion on deep graphs: journeys are few.
private struct ComponentSearch {
  let next: [String: [String]]
  private(set) var components: [[String]] = []
  private var index: [String: Int] = [:]
  private var low: [String: Int] = [:]
  private var stack: [String] = []

  init(_ next: [String: [String]]) { self.next = next }

  mutating func visit(_ key: String) {
    guard index[key] == nil else { return }
    index[key] = index.count
    low[key] = index[key]
    stack.append(key)
    for other in next[key] ?? [] {
      if index[other] == nil {
        visit(other)
        low[key] = min(low[key]!, low[other]!)
      } else if stack.contains(other) {
        low[key] = min(low[key]!, index[other]!)
      }
    }
    guard low[key] == index[key], let start = stack.firstIndex(of: key) else { return }
    components.append(Array(stack[start...]))
    stack.removeSubrange(start...)
  }
}

extension Library {
  /// What each way into a segment asks of a trait, by trait.
  func claims(ofSegment key: String) -> [(trait: String, claims: [[ValueClaim]])] {
    var names: [String] = []
    for case .trait(let trait) in conditions(ofSegment: key) where !names.contains(trait.trait) {
      names.append(trait.trait)
    }
    guard let all = Alternatives(segments: segments).of([Wish(.condition(.segment(key: key)), true)]) else {
      return names.map { ($0, [[]]) }
    }
    return names.map { name in
      (
        name,
        all.compactMap { literals in
          var claims: [String: [ValueClaim]] = [:]
          var ignored: [String: [ValueClaim]] = [:]
          for literal in literals { literal.collect(traits: &claims, trigger: &ignored) }
          return claims[name]
        }
      )
    }
  }

  /// The conditions of a segment and of those that it refers to.
  func conditions(ofSegment key: String) -> [Condition] {
    guard let expression = segments[key] else { return [] }
    return expression.conditions
      + segmentsNamed(in: expression).sorted().flatMap { segments[$0]?.conditions ?? [] }
  }
}
