/// How the printed page of a kit looks: black on white, one column, large enough to be typed from.
enum KitStyle {
    static let text = """
        @page { size: A4; margin: 16mm 16mm 18mm; }
        * { box-sizing: border-box; }
        body { font: 12pt/1.45 "DejaVu Sans", Verdana, Arial, sans-serif; color: #000;
          background: #fff; max-width: 178mm; margin: 0 auto; padding: 4mm 0; }
        header { border-bottom: 1.5pt solid #000; margin-bottom: 4mm; }
        .kind { margin: 0; letter-spacing: .08em; text-transform: uppercase; font-size: 11pt; }
        h1 { font-size: 26pt; line-height: 1.2; margin: 0 0 2mm; overflow-wrap: anywhere; }
        h1 small { font-size: 16pt; font-weight: normal; }
        h2 { font-size: 16pt; margin: 6mm 0 2mm; break-after: avoid; }
        h3 { font-size: 12pt; margin: 4mm 0 1mm; break-after: avoid; }
        p, ol, table { margin: 0 0 3mm; }
        section { break-inside: avoid; }
        .warning { border: 1.5pt solid #000; padding: 3mm; }
        code, .key, td, pre { font-family: "DejaVu Sans Mono", Consolas, monospace; }
        code { font-size: 10.5pt; overflow-wrap: anywhere; }
        code b { font-weight: normal; white-space: nowrap; }
        .key { font-size: 13.5pt; line-height: 1.5; margin: 0; border-left: 3pt solid #000;
          padding-left: 3mm; }
        .key span { display: inline-block; margin-right: .5em; white-space: nowrap; }
        .key + p, .long + p { margin-top: 2mm; }
        .long .key { font-size: 11pt; }
        .line { border-bottom: .75pt solid #000; padding-top: 6mm; }
        table { border-collapse: collapse; width: 100%; }
        th, td { border-top: .5pt solid #000; padding: 1.5mm 3mm 1.5mm 0; text-align: left;
          vertical-align: top; }
        th { width: 34mm; font-weight: normal; }
        td { font-size: 10pt; overflow-wrap: anywhere; }
        ol { padding-left: 8mm; }
        li { margin-bottom: 2mm; }
        .appendix { break-before: page; break-inside: auto; }
        pre { font-size: 9pt; line-height: 1.35; white-space: pre-wrap; overflow-wrap: anywhere;
          margin: 0; }
        """
}
