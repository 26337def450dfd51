import Console
import RoostCore
import Runtime

extension Pages {
  func showSegments(_ room: Room) async throws(Problem) -> HTTPResponse {
    let (views, people) = try await node.perform { partition throws(Problem) in
      (try partition.segmentViews(room.id), try partition.overviewView(room.id).people)
    }
    let page = SegmentsPage(
      rows: views.map { .init(key: $0.key, name: $0.name, state: SegmentState($0), count: $0.count) },
      people: people)
    return answer(page, room)
  }

  func showSegment(_ key: String, _ room: Room) async throws(Problem) -> HTTPResponse {
    let (view, people) = try await node.perform { partition throws(Problem) in
      (try partition.segmentView(room.id, key), try partition.overviewView(room.id).people)
    }
    // Members are looked for among all people: not again and again for the figures that refresh themselves.
    let sample = room.visit.fragment == nil ? try await node.segmentSampleView(room.id, key, limit: 10) : []
    let page = SegmentPage(
      key: view.key, name: view.name, state: SegmentState(view), count: view.count, people: people,
      version: Int(view.version), definition: view.definition.yaml,
      sample: sample.map { .init(person: PersonName($0.person), reasons: $0.reasons) }, journeys: view.journeys)
    return answer(page, room)
  }
}

extension SegmentState {
  init(_ view: SegmentView) { self = view.fillingPercent.map { .filling(percent: $0) } ?? .live }
}
