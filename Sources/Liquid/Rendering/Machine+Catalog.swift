extension Machine {
  /// `catalog.products[id].title`, `catalog.categories["Hats"]`; `nil` where the name means something else here.
  mutating func catalogValue(_ path: Path) throws(Fault) -> LiquidValue? {
    guard settings.pointee.catalog != nil, bindings.isOuter(path.symbol) else { return nil }
    let steps = Array(program.steps[path.steps])
    guard case .key(let kind)? = steps.first, ["products", "categories"].contains(program.names[Int(kind)]) else {
      return .null
    }
    let isProduct = program.names[Int(kind)] == "products"
    guard steps.count > 1 else {
      throw Fault(
        isProduct
          ? "the catalogue is asked for one product: catalog.products[id]"
          : "the catalogue is asked for one category: catalog.categories[\"Hats\"]")
    }
    let name = try name(of: steps[1])
    var found = try look(isProduct ? .product(name) : .category(name)) ?? .null
    for step in steps[2...] { found = try go(step, from: found) }
    return found
  }

  private mutating func name(of step: Step) throws(Fault) -> String {
    switch step {
    case .key(let key), .first(let key), .last(let key), .size(let key): program.names[Int(key)]
    case .index(let index): String(index)
    case .computed(let operand): try value(operand).text
    }
  }

  private func look(_ lookup: CatalogLookup) throws(Fault) -> LiquidValue? {
    do throws(TooManyLookups) { return try settings.pointee.catalog?(lookup) } catch {
      throw Fault("the template asks the catalogue for more than \(error.productsMax) products")
    }
  }

  /// `id | product`, `event.products | product`: the catalogue's products in place of ids and of what events say of them.
  ///
  /// Of an object its `product_id`, `id` or `sku` counts; what the catalogue does not say of the product (`quantity` …) stays,
  /// and an object that it does not know stays whole. Ids that it does not know are left out.
  mutating func products(_ input: LiquidValue, _ arguments: FilterArguments) throws(Fault) -> LiquidValue {
    let hidesMissing = try hidesOutOfStock(arguments)
    guard case .list(let items) = input else {
      let found = try product(input)
      return hidesMissing && found["available"] == .bool(false) ? .null : found
    }
    var found: [LiquidValue] = []
    for item in items {
      let product = try product(item)
      guard !product.isNull, !(hidesMissing && product["available"] == .bool(false)) else { continue }
      try charge(scratch: product.weight + 64)
      found.append(product)
    }
    return .list(found)
  }

  private func hidesOutOfStock(_ arguments: FilterArguments) throws(Fault) -> Bool {
    switch arguments["out_of_stock"]?.text {
    case nil, "show": return false
    case "hide": return true
    default: throw Fault("out_of_stock is \"show\" or \"hide\"")
    }
  }

  private func product(_ item: LiquidValue) throws(Fault) -> LiquidValue {
    guard case .object(let members) = item else {
      let id = item.text
      return id.isEmpty ? .null : try look(.product(id)) ?? .null
    }
    guard let id = ["product_id", "id", "sku"].lazy.compactMap({ item[$0] }).first(where: { !$0.isNull })?.text,
      case .object(let known)? = try look(.product(id))
    else { return item }
    // Its price goes by the catalogue's currency, not by the event's.
    return .object(
      known + members.filter { member in member.key != "currency" && !known.contains { $0.key == member.key } })
  }
}

extension Template {
  /// Whether it asks the catalogue for anything.
  public var readsCatalog: Bool {
    program.paths.contains { $0.symbol >= 0 && $0.symbol == program.catalog }
      || program.filters.contains { $0.filter == .product }
  }
}
