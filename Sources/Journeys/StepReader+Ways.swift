import RoostCore
import Segments

extension StepReader {
  private static let waysMax = 100

  mutating func readBranch(
    _ json: JSONValue, at pointer: String, path: [Int], depth: Int, with reader: inout DefinitionReader
  ) -> [JourneyDefinition.Case]? {
    guard let items = json.array, (1...Self.waysMax).contains(items.count) else {
      reader.report(
        pointer, "expected a list of 1 to \(Self.waysMax) {if: …, steps: […]} and at last {else: […]}")
      return nil
    }
    var cases: [JourneyDefinition.Case] = []
    for (index, item) in items.enumerated() {
      let place = "\(pointer)/\(index)"
      let isElse = item["else"] != nil
      guard reader.members(of: item, at: place, known: isElse ? ["else"] : ["if", "steps"]) != nil else { continue }
      if isElse, index + 1 < items.count { reader.report(place, "else comes last: what follows is never reached") }
      var condition: Expression?
      if !isElse {
        condition = item["if"].flatMap { reader.condition($0, at: place + "/if") }
        if item["if"] == nil { reader.report(place + "/if", "missing: a condition") }
      }
      let name = isElse ? "else" : "steps"
      let steps = read(
        item[name], at: "\(place)/\(name)", path: path + [index + 1], depth: depth + 1, with: &reader)
      guard isElse || condition != nil else { continue }
      cases.append(JourneyDefinition.Case(condition: condition, pointer: place, steps: steps))
    }
    return cases
  }

  /// `[{share: 50%, steps: […]}, …]`; the shares make 100%, and a way without steps goes straight on.
  mutating func readSplit(
    _ json: JSONValue, at pointer: String, path: [Int], depth: Int, with reader: inout DefinitionReader
  ) -> [JourneyDefinition.Way]? {
    guard let items = json.array, (2...Self.waysMax).contains(items.count) else {
      reader.report(pointer, "expected a list of 2 to \(Self.waysMax) {share: 50%, steps: […]}")
      return nil
    }
    var ways: [JourneyDefinition.Way] = []
    for (index, item) in items.enumerated() {
      let place = "\(pointer)/\(index)"
      guard reader.members(of: item, at: place, known: ["share", "steps"]) != nil else { continue }
      let share = readShare(item["share"], at: place + "/share", with: &reader)
      let isEmpty = item["steps"] == nil || item["steps"]?.array?.isEmpty == true
      let steps =
        isEmpty
        ? [] : read(item["steps"], at: "\(place)/steps", path: path + [index + 1], depth: depth + 1, with: &reader)
      if let share { ways.append(.init(share: share, pointer: place, steps: steps)) }
    }
    let sum = ways.reduce(0) { $0 + $1.share.hundredths }
    if ways.count == items.count, sum != Share.whole.hundredths {
      reader.report(pointer, "the shares make \(Share(hundredths: sum).text); they must make 100%")
    }
    return ways
  }

  private func readShare(_ json: JSONValue?, at pointer: String, with reader: inout DefinitionReader) -> Share? {
    if let share = json?.string.flatMap(Share.init(text:)), share > .none { return share }
    reader.report(pointer, "expected a percentage above nothing, such as 50% or 12.5%")
    return nil
  }
}
