import Delivery
import RoostCore

/// The figures of a finished rehearsal in the form of the interface. The same figures give the same text.
public struct RehearsalSummary {
  let plan: RehearsalPlan
  let figures: RehearsalFigures
  let pacing: RehearsalPacing?
  /// How many of the messages are kept one by one.
  let listed: Int

  public init(_ plan: RehearsalPlan, _ figures: RehearsalFigures, pacing: RehearsalPacing?, listed: Int) {
    self.plan = plan
    self.figures = figures
    self.pacing = pacing
    self.listed = listed
  }

  public var json: JSONValue {
    let totals = totals()
    return [
      "from": .string(plan.from.text), "to": .string(plan.to.text), "seed": .int(Int64(bitPattern: plan.seed)),
      "people": .int(Int64(figures.people)), "events": .int(Int64(figures.events)),
      "notes": .array(notes.map(JSONValue.string)), "assumptions": assumptions,
      "messages": [
        "sent": .int(Int64(totals.sent)), "suppressed": reasons(totals.suppressed), "held": reasons(totals.held),
        "waiting": .int(Int64(totals.waiting)), "listed": .int(Int64(listed)), "byDay": byDay(),
        "byChannel": grouped { plan.names[$0.channel] }, "byTemplate": grouped { plan.names[$0.template] },
        "byStep": grouped { key in name(key.place) },
      ],
      "cost": cost, "busiestHour": busiestHour, "journeys": .array(plan.journeys.indices.map(journey)),
      "overlaps": .array(overlaps), "orders": .array(orders), "pacing": pacing?.json(plan) ?? .null,
    ]
  }

  private var notes: [String] {
    var notes = plan.notes
    if figures.abandoned > 0 {
      notes.append(
        "\(figures.abandoned) people were woken without end and given up; two definitions may start each other")
    }
    return notes
  }

  private var assumptions: JSONValue {
    [
      "imports": .string(plan.imports.rawValue), "engagement": plan.assumption.json,
      "openingsAssumed": .int(Int64(figures.openingsAssumed)), "clicksAssumed": .int(Int64(figures.clicksAssumed)),
      "recordedLeftOut": .int(Int64(figures.engagementsLeftOut)),
    ]
  }

  private func totals() -> RehearsalFigures.SendCounts {
    var total = RehearsalFigures.SendCounts(sentByDay: Array(repeating: 0, count: figures.days))
    for (_, counts) in figures.sends { total.join(counts) }
    return total
  }

  private func reasons(_ counts: [SuppressionReason: Int]) -> JSONValue {
    .object(counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { .init($0.key.rawValue, .int(Int64($0.value))) })
  }

  private func day(_ number: Int) -> Instant {
    plan.from + TimeSpan(milliseconds: Int64(number) * Instant.millisecondsPerDay)
  }

  private func byDay() -> JSONValue {
    let total = totals().sentByDay
    return .array(
      total.indices.filter { total[$0] > 0 }.map { ["day": .string(day($0).text), "sent": .int(Int64(total[$0]))] })
  }

  private func grouped(_ name: (RehearsalFigures.SendKey) -> String) -> JSONValue {
    var byName: [String: RehearsalFigures.SendCounts] = [:]
    for (key, counts) in figures.sends {
      byName[name(key), default: .init(sentByDay: Array(repeating: 0, count: figures.days))].join(counts)
    }
    return .array(
      byName.sorted { $0.key < $1.key }.map { name, counts in
        [
          "name": .string(name), "sent": .int(Int64(counts.sent)), "suppressed": reasons(counts.suppressed),
          "held": reasons(counts.held), "waiting": .int(Int64(counts.waiting)),
        ]
      })
  }

  private func name(_ place: RehearsalFigures.StepPlace) -> String {
    "\(plan.journeys[place.journey].key)/\(plan.journeys[place.journey].steps[place.step].id)"
  }

  /// What the messages of channels with a price cost, by currency.
  private var cost: JSONValue {
    var total: [String: (micros: Int64, messages: Int)] = [:]
    for (key, counts) in figures.sends {
      guard let price = plan.base.definitions.channel(for: plan.names[key.channel])?.price else { continue }
      total[price.currency, default: (0, 0)].micros += price.amount.count * Int64(counts.sent)
      total[price.currency]!.messages += counts.sent
    }
    return .array(
      total.sorted { $0.key < $1.key }.map { currency, sum in
        [
          "amount": .string(Micros(count: sum.micros).text), "currency": .string(currency),
          "messages": .int(Int64(sum.messages)),
        ]
      })
  }

  private var busiestHour: JSONValue {
    guard let most = figures.sentByHour.max(), most > 0, let hour = figures.sentByHour.firstIndex(of: most) else {
      return .null
    }
    return ["at": .string((plan.from + .hours(Int64(hour))).text), "sent": .int(Int64(most))]
  }

  private func journey(_ place: Int) -> JSONValue {
    let journey = plan.journeys[place]
    let counts = figures.journeys[place]
    return [
      "journey": .string(journey.key), "name": .string(journey.name), "draft": .bool(journey.isDraft),
      "version": .int(Int64(journey.version)), "entries": .int(Int64(counts.entries)),
      "people": .int(Int64(counts.people)), "heldOut": .int(Int64(counts.heldOut)),
      "finished": .int(Int64(counts.finished)), "goal": .int(Int64(counts.goals)),
      "exited": .object(counts.exited.sorted { $0.key < $1.key }.map { .init($0.key, .int(Int64($0.value))) }),
      "insideAtStart": .int(Int64(counts.insideAtStart)), "insideAtEnd": .int(Int64(counts.insideAtEnd)),
      "steps": .array(
        journey.steps.indices.map { step in
          [
            "step": .string(journey.steps[step].id), "kind": .string(journey.steps[step].kind),
            "peopleByDay": series(figures.peopleByDay(journey: place, step: step)),
          ]
        }),
      "between": .array(
        counts.spans.sorted { $0.key < $1.key }.map { steps, spans in
          [
            "from": .string(journey.steps[steps.from].id), "to": .string(journey.steps[steps.to].id),
            "people": .int(Int64(spans.count)), "median": .string(spans.quantile(hundredths: 50).text),
            "p10": .string(spans.quantile(hundredths: 10).text), "p90": .string(spans.quantile(hundredths: 90).text),
            "longest": .string(TimeSpan(milliseconds: spans.greatest).text),
          ]
        }),
    ]
  }

  /// Where it changes only: a pair of day and people, so that a year of nobody is nothing.
  private func series(_ people: [Int]) -> JSONValue {
    var items: [JSONValue] = []
    var last = 0
    for (number, count) in people.enumerated() where count != last {
      items.append(["day": .string(day(number).text), "people": .int(Int64(count))])
      last = count
    }
    return .array(items)
  }

  private var overlaps: [JSONValue] {
    figures.overlaps.sorted { $0.key < $1.key }.map { pair, overlap in
      [
        "journeys": [.string(plan.journeys[pair.a].key), .string(plan.journeys[pair.b].key)],
        "people": .int(Int64(overlap.people)), "messagesWithinADay": .int(Int64(overlap.messages)),
      ]
    }
  }

  private var orders: [JSONValue] {
    figures.orders.sorted { $0.key < $1.key }.map { pair, people in
      ["first": .string(name(pair.first)), "then": .string(name(pair.second)), "people": .int(Int64(people))]
    }
  }
}
