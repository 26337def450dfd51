import RoostCore

extension RehearsalPage {
  func figures(_ report: Report, into html: inout HTML) {
    html("dl", .class("figures")) { html in
      html.figure(.people, report.people)
      html.figure(.wouldBeSent, report.sent) { html in
        for cost in report.costs { html.amount(cost.amount, currency: cost.currency) }
      }
      html.figure(.wouldNotBeSent, report.notSent)
      html.figure(.busiestHour, report.busiest?.sent ?? 0) { html in
        if let busiest = report.busiest { html.time(busiest.at) }
      }
      html.figure(.events, report.events) { html in
        if report.openingsAssumed > 0 {
          html.say(.openingsAssumed)
          html.text(" ")
          html.number(report.openingsAssumed)
        }
      }
    }
  }

  func journeys(_ report: Report, into html: inout HTML, _ workspace: String) {
    html.card(.journeys) { html in
      html.table(
        .journeys,
        [
          Column(.journey), Column(.enteredCount, .number), Column(.people, .number), Column(.heldOut, .minorNumber),
          Column(.finishedCount, .number), Column(.reachedGoal, .minorNumber), Column(.exitedCount, .number),
          Column(.stillInside, .number),
        ]
      ) { html in
        for journey in report.journeys {
          html("tr") { html in
            html.cell { html in
              html("a", .class("strong"), .href(Route.journey(workspace: workspace, key: journey.key).link)) { html in
                html.data(journey.key, charactersMax: 80)
              }
              if !journey.isDraft { html("small", say: .takesPart) }
            }
            html.cell(.number) { html in html.number(journey.entries) }
            html.cell(.number) { html in html.number(journey.people) }
            html.cell(.minorNumber) { html in html.number(journey.heldOut) }
            html.cell(.number) { html in html.number(journey.finished) }
            html.cell(.minorNumber) { html in html.number(journey.goals) }
            html.cell(.number) { html in html.number(journey.exited) }
            html.cell(.number) { html in html.number(journey.insideAtEnd) }
          }
        }
      }
    }
  }

  func days(_ report: Report, into html: inout HTML) {
    let greatest = max(1, report.days.map(\.sent).max() ?? 1)
    let first = report.days[0].day
    let count = report.days.map { Int(($0.day - first).milliseconds / Instant.millisecondsPerDay) + 1 }.max() ?? 1
    let width = max(1, 1_200 / count)
    html.card(.messagesByDay) { html in
      html(
        "svg", .class("bars"), .fixed(.viewBox, "0 0 1200 80"), .fixed(.preserveAspectRatio, "none"),
        .fixed(.role, "img"), .label(.messagesByDay)
      ) { html in
        for day in report.days {
          let place = Int((day.day - first).milliseconds / Instant.millisecondsPerDay)
          let height = max(2, day.sent * 78 / greatest)
          html(
            "rect", .coordinate(.x, place * 1_200 / count), .coordinate(.y, 80 - height), .coordinate(.width, width),
            .coordinate(.height, height)
          ) { html in
            let civil = CivilTime(day.day, offsetSeconds: html.reader.zone.offsetSeconds(at: day.day))
            html("title") { html in
              html.text(civil.date(in: html.reader.language) + ": " + html.reader.grouped(day.sent))
            }
          }
        }
      }
      html("p", .class("axis")) { html in
        html.date(first)
        html("span") { html in
          html.say(.mostOnADay)
          html.text(" ")
          html.number(greatest)
        }
        if let last = report.days.last { html.date(last.day) }
      }
    }
  }

  func messages(_ report: Report, into html: inout HTML) {
    html.card(.messages) { html in
      html.table(.messages, [Column(.step), Column(.wouldBeSent, .number), Column(.wouldNotBeSent)]) { html in
        for step in report.steps {
          html("tr") { html in
            html.cell { html in html("code") { html in html.data(step.name, charactersMax: 120) } }
            html.cell(.number) { html in html.number(step.sent) }
            html.cell { html in
              if step.notSent.isEmpty { html.nothing() }
              for (place, item) in step.notSent.enumerated() {
                if place > 0 { html.text(", ") }
                html.number(item.count)
                html.text(" ")
                html("code") { html in html.data(item.reason, charactersMax: 40) }
              }
            }
          }
        }
      }
    }
  }

  func orders(_ report: Report, into html: inout HTML) {
    html.card(.bothOrders) { html in
      html("p", .class("lead"), say: .bothOrdersHint)
      html.table(
        .bothOrders,
        [Column(.firstMessage), Column(.secondMessage), Column(.inOrder, .number), Column(.reversed, .number)]
      ) { html in
        for order in report.orders {
          html("tr") { html in
            html.cell(data: order.first)
            html.cell(data: order.second)
            html.cell(.number) { html in html.number(order.inOrder) }
            html.cell(.number) { html in html.number(order.reversed) }
          }
        }
      }
    }
  }

  func between(_ report: Report, into html: inout HTML) {
    html.card(.betweenSteps) { html in
      html.table(
        .betweenSteps,
        [
          Column(.journey), Column(.fromStep), Column(.toStep), Column(.people, .number), Column(.median, .number),
          Column(.longest, .minorNumber),
        ]
      ) { html in
        for item in report.between {
          html("tr") { html in
            html.cell(data: item.journey)
            html.cell(data: item.from)
            html.cell(data: item.to)
            html.cell(.number) { html in html.number(item.people) }
            html.cell(.number) { html in html.span(item.median) }
            html.cell(.minorNumber) { html in html.span(item.longest) }
          }
        }
      }
    }
  }

  func overlaps(_ report: Report, into html: inout HTML) {
    html.card(.overlaps) { html in
      html.table(.overlaps, [Column(.journeys), Column(.inBoth, .number), Column(.withinADay, .number)]) { html in
        for overlap in report.overlaps {
          html("tr") { html in
            html.cell(data: overlap.journeys.joined(separator: ", "))
            html.cell(.number) { html in html.number(overlap.people) }
            html.cell(.number) { html in html.number(overlap.messages) }
          }
        }
      }
    }
  }
}

extension Phrase {
  static let wouldBeSent = Phrase("Would be sent", "Было бы отправлено")
  static let wouldNotBeSent = Phrase("Would not be sent", "Не было бы отправлено")
  static let busiestHour = Phrase("Busiest hour", "Самый загруженный час")
  static let openingsAssumed = Phrase("openings assumed:", "предположено открытий:")
  static let heldOut = Phrase("Held out", "Контрольная группа")
  static let reachedGoal = Phrase("Goal", "Цель")
  static let stillInside = Phrase("Inside at the end", "Внутри в конце")
  static let takesPart = Phrase("published, takes part", "запущен, участвует")
  static let messagesByDay = Phrase("Messages by day", "Сообщения по дням")
  static let bothOrders = Phrase("In both orders", "В разном порядке")
  static let bothOrdersHint = Phrase(
    "Some people would get these messages one way round, some the other. If one has to come first, the journey does not ensure it.",
    "Одни люди получили бы эти сообщения в одном порядке, другие — в обратном. Если одно должно идти первым, сценарий этого не гарантирует."
  )
  static let firstMessage = Phrase("Message", "Сообщение")
  static let secondMessage = Phrase("And", "И")
  static let inOrder = Phrase("In this order", "В этом порядке")
  static let reversed = Phrase("The other way round", "В обратном")
  static let betweenSteps = Phrase("Time between steps", "Время между шагами")
  static let fromStep = Phrase("From", "От")
  static let toStep = Phrase("To", "До")
  static let median = Phrase("Median", "Медиана")
  static let longest = Phrase("Longest", "Максимум")
  static let overlaps = Phrase("Overlaps", "Пересечения")
  static let inBoth = Phrase("People in both", "Люди в обоих")
  static let withinADay = Phrase("Messages within a day", "Сообщения в пределах суток")
  static let goodToKnow = Phrase("Good to know", "Важно знать")
  static let cancelRehearsal = Phrase("Cancel", "Отменить")
}
