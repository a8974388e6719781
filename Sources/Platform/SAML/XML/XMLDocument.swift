import CXMLSec

/// A document in the library's memory, and the same as a value. Only signatures need the former.
final class XMLDocument {
    let pointer: xmlDocPtr
    let root: XMLElement

    /// - Parameter isCanonical: the bytes come out of the canonical form of a document that was read already; what that
    ///   form repeats is not counted again.
    init(_ bytes: [UInt8], limits: XMLLimits, isCanonical: Bool = false) throws(XMLError) {
        guard XMLLibrary.isReady else { throw .library }
        xml_say_nothing()
        let content = isCanonical ? bytes[...] : try XMLScan.check(bytes, limits)
        guard let document = try Self.parse(content) else { throw .malformed }
        do throws(XMLError) {
            guard let root = xmlDocGetRootElement(document) else { throw .malformed }
            guard document.pointee.intSubset == nil, document.pointee.extSubset == nil else { throw .documentType }
            self.root = try Self.element(root, limits: limits, depth: 1, namespaces: 0)
        } catch {
            xmlFreeDoc(document)
            throw error
        }
        pointer = document
    }

    deinit { xmlFreeDoc(pointer) }

    /// The element that is reached from the root by these positions among the elements.
    func node(at path: [Int]) -> xmlNodePtr? {
        var node = xmlDocGetRootElement(pointer)
        for position in path {
            node = xmlFirstElementChild(node)
            for _ in 0..<position { node = xmlNextElementSibling(node) }
        }
        return node
    }

    /// The namespace declarations in scope at an element, as text for a start tag.
    func namespaces(at path: [Int]) -> String {
        guard let node = node(at: path), let list = xmlGetNsList(pointer, node) else { return "" }
        defer { xml_free(list) }
        var text = ""
        var next = list
        while let namespace = next.pointee {
            let prefix = namespace.pointee.prefix.map { ":" + XMLLibrary.text($0) } ?? ""
            text += " xmlns\(prefix)=\"\(XMLText.escaped(XMLLibrary.text(namespace.pointee.href)))\""
            next += 1
        }
        return text
    }

    private static func parse(_ bytes: ArraySlice<UInt8>) throws(XMLError) -> xmlDocPtr? {
        guard let context = xmlNewParserCtxt() else { throw .library }
        defer { xmlFreeParserCtxt(context) }
        let document = bytes.withUnsafeBytes { buffer in
            xmlCtxtReadMemory(
                context, buffer.baseAddress, CInt(buffer.count), nil, "UTF-8", xml_hardened_options())
        }
        guard let document else { return nil }
        guard context.pointee.wellFormed == 1, context.pointee.nsWellFormed == 1 else {
            xmlFreeDoc(document)
            return nil
        }
        return document
    }

    private static func element(
        _ node: xmlNodePtr, limits: XMLLimits, depth: Int, namespaces: Int
    ) throws(XMLError) -> XMLElement {
        // The scan has bounded the depth already; this is for the day on which it and the parser disagree.
        guard depth <= limits.depth else { throw .tooLarge }
        let inScope = try count(node, limits, outside: namespaces)
        var children: [XMLElement] = []
        var texts: [String] = []
        var next = node.pointee.children
        while let child = next {
            switch child.pointee.type {
            case XML_ELEMENT_NODE:
                children.append(try element(child, limits: limits, depth: depth + 1, namespaces: inScope))
            case XML_TEXT_NODE, XML_CDATA_SECTION_NODE: texts.append(XMLLibrary.text(child.pointee.content))
            case XML_COMMENT_NODE: break
            case XML_PI_NODE: throw .processingInstruction
            default: throw .malformed
            }
            next = child.pointee.next
        }
        return XMLElement(
            name: XMLLibrary.text(node.pointee.name), namespace: XMLLibrary.text(node.pointee.ns?.pointee.href),
            attributes: try attributes(of: node), children: children, text: texts.joined())
    }

    /// The namespace declarations in scope.
    private static func count(_ node: xmlNodePtr, _ limits: XMLLimits, outside: Int) throws(XMLError) -> Int {
        var count = outside
        var declaration = node.pointee.nsDef
        while let namespace = declaration {
            count += 1
            guard count <= limits.namespaces,
                XMLLibrary.text(namespace.pointee.href).utf8.count <= limits.namespaceBytes
            else { throw .tooLarge }
            declaration = namespace.pointee.next
        }
        return count
    }

    private static func attributes(of node: xmlNodePtr) throws(XMLError) -> [XMLAttribute] {
        var found: [XMLAttribute] = []
        var next = node.pointee.properties
        while let attribute = next {
            var value = ""
            var part = attribute.pointee.children
            while let text = part {
                guard text.pointee.type == XML_TEXT_NODE else { throw .malformed }
                value += XMLLibrary.text(text.pointee.content)
                part = text.pointee.next
            }
            let read = XMLAttribute(
                name: XMLLibrary.text(attribute.pointee.name),
                namespace: XMLLibrary.text(attribute.pointee.ns?.pointee.href), value: value)
            guard read.name != "id" || read.namespace != Names.xml else { throw .foreignID }
            found.append(read)
            next = attribute.pointee.next
        }
        return found
    }
}
