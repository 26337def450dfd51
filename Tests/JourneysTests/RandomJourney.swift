import RoostCore

/// Journeys of every form, by lot. Messages are numbered in the order of the document, and every wait ends.
struct RandomJourney {
  private var random: SeededRandom
  private var messages = 0
  private var waits = 0

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func document(_ key: String) -> String {
    messages = 0
    waits = 0
    let again = ["never", "always", "after 3d"][random.below(3)]
    let exit = random.below(2) == 0 ? "[]" : #"[{"event":"Stop"}]"#
    let goal = random.below(3) == 0 ? #""goal":{"event":"Won"\#(random.below(2) == 0 ? "" : #","within":"4d""#)},"# : ""
    let per = random.below(3) == 0 ? #""per":"n","# : ""
    let zone = ["UTC", "Europe/Rome", "America/New_York", "person"][random.below(4)]
    let entry =
      per.isEmpty && random.below(4) == 0
      ? #"{"schedule":"\#(random.below(60)) \#(random.below(24)) * * \#(["*", "MON", "1-5"][random.below(3)])"}"#
      : [#"{"event":"Go"}"#, #""api""#][random.below(5) / 4]
    return #"""
      {"journey":"\#(key)","again":"\#(again)","timezone":"\#(zone)","priority":\#(random.below(101)),\#(goal)\#(per)
       "enter":\#(entry),"exit":\#(exit),"steps":\#(steps(depth: 0))}
      """#
  }

  private mutating func steps(depth: Int) -> String {
    let count = 1 + random.below(4)
    return "[\((0..<count).map { _ in step(depth: depth) }.joined(separator: ","))]"
  }

  private mutating func step(depth: Int) -> String {
    switch random.below(depth < 2 ? 14 : 9) {
    case 0, 1, 2: return send()
    case 3: return #"{"id":"\#(wait())","wait":"\#(1 + random.below(72))h"}"#
    case 4:
      let day = random.below(2) == 0 ? "" : ["MON ", "SAT "][random.below(2)]
      let clock = ["02:30", "10:00", "00:00"][random.below(3)]
      return #"{"id":"\#(wait())","wait":{"until":"\#(day)\#(clock)"}}"#
    case 5:
      return #"{"id":"\#(wait())","wait":{"days":{"trait":"born"},"before":"\#(1 + random.below(400) % 300)d"}}"#
    case 6: return #"{"set":{"trait":"level","to":\#(random.below(3))}}"#
    case 7: return random.below(4) == 0 ? #"{"exit":true}"# : send()
    case 8:
      messages += 1
      return #"{"webhook":{"id":"m\#(messages)","url":"https://x.example/","template":"crm"}}"#
    case 9, 10: return waitFor(depth)
    case 11: return split(depth)
    default: return branch(depth)
    }
  }

  private mutating func send() -> String {
    messages += 1
    return #"{"send":{"id":"m\#(messages)","channel":"email","template":"t"}}"#
  }

  private mutating func wait() -> String {
    waits += 1
    return "w\(waits)"
  }

  private mutating func waitFor(_ depth: Int) -> String {
    let id = wait()
    let match = random.below(3) == 0 ? #","match":{"n":"same"}"# : ""
    let then = random.below(4) == 0 ? "" : #","then":\#(steps(depth: depth + 1))"#
    let other = random.below(4) == 0 ? "" : #","else":\#(steps(depth: depth + 1))"#
    // A schedule has no properties to compare with; the document is read without `match` then.
    return
      #"{"id":"\#(id)","waitFor":{"event":"Answer"\#(match),"within":"\#(1 + random.below(96))h"}\#(then)\#(other)}"#
  }

  private mutating func split(_ depth: Int) -> String {
    let share = 1 + random.below(99)
    let first = steps(depth: depth + 1)
    let second = random.below(2) == 0 ? "[]" : steps(depth: depth + 1)
    return #"{"split":[{"share":"\#(share)%","steps":\#(first)},{"share":"\#(100 - share)%","steps":\#(second)}]}"#
  }

  private mutating func branch(_ depth: Int) -> String {
    let cases = (0...random.below(2)).map { _ in
      #"{"if":{"trait":"level","is":\#(random.below(3))},"steps":\#(steps(depth: depth + 1))}"#
    }
    let other = random.below(2) == 0 ? "" : #",{"else":\#(steps(depth: depth + 1))}"#
    return #"{"branch":[\#(cases.joined(separator: ","))\#(other)]}"#
  }
}
