/// Names of months and days in a language.
struct Calendar: Sendable {
  /// As in a date: "14 марта".
  var months: [String]
  /// Alone: "март".
  var monthsAlone: [String]
  var monthsShort: [String]
  /// From Sunday.
  var days: [String]
  var daysShort: [String]

  static let english = Calendar(
    months: [
      "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
      "December",
    ],
    monthsAlone: [
      "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
      "December",
    ],
    monthsShort: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    days: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
    daysShort: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"])

  /// As CLDR has them (ru, format and stand-alone).
  static let russian = Calendar(
    months: [
      "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
      "декабря",
    ],
    monthsAlone: [
      "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь",
      "декабрь",
    ],
    monthsShort: [
      "янв.", "февр.", "мар.", "апр.", "мая", "июн.", "июл.", "авг.", "сент.", "окт.", "нояб.", "дек.",
    ],
    days: ["воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"],
    daysShort: ["вс", "пн", "вт", "ср", "чт", "пт", "сб"])

  /// English for languages without names of their own here.
  init(language: String) { self = isRussian(language) ? .russian : .english }

  private init(
    months: [String], monthsAlone: [String], monthsShort: [String], days: [String], daysShort: [String]
  ) {
    self.months = months
    self.monthsAlone = monthsAlone
    self.monthsShort = monthsShort
    self.days = days
    self.daysShort = daysShort
  }
}

/// The language of a tag such as `ru-RU`, in small letters.
func primaryLanguage(_ tag: String) -> String {
  String(tag.prefix { $0 != "-" && $0 != "_" }).lowercased()
}

private func isRussian(_ language: String) -> Bool { primaryLanguage(language) == "ru" }
