#include "api/privacy_page.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "api/index_page.h"
#include "api/mapping_text.h"
#include "api/svg_text.h"
#include "model/window.h"
#include "parse/json_pointer.h"

namespace rollcall::api {
namespace {

constexpr const char* kForever = "as long as this server keeps its data";

std::string Code(std::string_view text) { return "<code>" + EscapeXml(text) + "</code>"; }

std::string Link(std::string_view url, std::string_view text) {
  return "<a href=\"" + EscapeXml(url) + "\">" + EscapeXml(text) + "</a>";
}

std::string Paragraph(const std::string& html) { return "<p>" + html + "</p>\n"; }
std::string Item(const std::string& html) { return "<li>" + html + "</li>\n"; }

std::string Row(const std::string& what, const std::string& html) {
  return "<tr><th scope=\"row\">" + what + "</th><td>" + html + "</td></tr>\n";
}

std::string InWords(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return EscapeXml(name);
}

// "an instance", "a user".
std::string WithArticle(const std::string& noun) {
  const bool has_vowel = std::string_view("aeio").find(noun[0]) != std::string_view::npos;
  return (has_vowel ? "an " : "a ") + noun;
}

std::string Months(unsigned months) {
  if (months == 0) return kForever;
  if (months == 1) return "the calendar month in which it came";
  return std::to_string(months) + " calendar months, the running one among them";
}

std::string Duration(std::chrono::milliseconds duration) {
  const auto hours = std::chrono::ceil<std::chrono::hours>(duration).count();
  return hours % 24 == 0 && hours > 24 ? std::to_string(hours / 24) + " days"
                                       : std::to_string(hours) + " hours";
}

std::string Days(uint32_t days) {
  if (days == 0) return kForever;
  return std::to_string(days) + (days == 1 ? " day" : " days");
}

// Records have nothing to do with a declared product; whoever asks what is collected is told of
// them on every page.
std::string Records(const RecordRetention& retention) {
  std::string html =
      "<h2>Records of machines</h2>\n" +
      Paragraph(
          "This server also takes in what the telemetry client of Clear Linux posts: a record "
          "for each crash, machine check, failed unit or heartbeat of a machine. Whoever runs "
          "this server can read them; nothing of them is public. What is kept of a record:") +
      "<table class=\"fields\">\n<tbody>\n" +
      Row("The machine id", "Made up by the client, which makes a new one every few days.") +
      Row("What happened",
          "The class and severity of the event, its id, and the payload: the text "
          "that the client sends of it, such as the stack of a crash.") +
      Row("When", "By the machine’s clock, and by this server’s.") +
      Row("The system",
          "Its name and build, the kernel’s version, and the processor architecture.") +
      Row("The hardware",
          "Vendor and product of the machine, board, processor model and BIOS "
          "version.") +
      Row("Whether it is external", "What the client says of that.") + "</tbody>\n</table>\n" +
      Paragraph("For how long, by the time at which a record came in:") +
      "<table class=\"fields\">\n<tbody>\n";
  for (const auto& [severity, days] : retention.severities) {
    html += Row("Records of severity " + std::to_string(severity), Days(days));
  }
  for (const auto& [pattern, days] : retention.classes) {
    html += Row("Records of class " + Code(pattern), Days(days));
  }
  html +=
      Row(retention.severities.empty() && retention.classes.empty() ? "All records" : "All others",
          Days(retention.keep_days));
  return html + "</tbody>\n</table>\n" +
         Paragraph(
             "A record that several of these name goes when the first of them says so. The "
             "owner of a machine switches them off with " +
             Code("telemctl opt-out") + ".");
}

class Writer {
 public:
  Writer(const fleets::Declaration& declaration, const KeptReports& kept)
      : declaration_(declaration),
        kept_(kept),
        is_json_(declaration.format == fleets::ReportFormat::kJson),
        title_(EscapeXml(declaration.title)),
        all_(InWords(declaration.fleet.counted_name)),
        one_(InWords(declaration.counted_one)) {}

  std::string Text() const {
    return Paragraph(EscapeXml(declaration_.about)) +
           Paragraph("This server counts " + all_ + " of " + title_ +
                     " by the reports that they send. What it takes from a report, and what "
                     "becomes of that, is said here in full: this page is made from the "
                     "declaration that the server works by.") +
           Links() + Collected() + NotCollected() + Readers() + Retention() + OptOut() +
           (kept_.records ? Records(*kept_.records) : "");
  }

 private:
  std::string Links() const {
    std::string items;
    const auto add = [&](const std::string& url, const char* text) {
      if (!url.empty()) items += Item(Link(url, text));
    };
    add(declaration_.home_url, "The product’s own page");
    add(declaration_.privacy_url, "What the product itself says of its telemetry");
    add(declaration_.source_url, "The source code that reports");
    add(declaration_.opt_out_url, "How to switch it off");
    return items.empty() ? "" : "<ul>\n" + items + "</ul>\n";
  }

  // Where a field of a report is read, for those of JSON, below its description.
  static std::string Places(const std::string& places) {
    return places.empty() ? "" : "<br><span class=\"place\">" + Code(places) + "</span>";
  }

  std::string Collected() const {
    const fleets::JsonMapping& mapping = declaration_.mapping;
    const std::string id_place = is_json_ ? PointerText(mapping.id) : "";
    std::string html =
        "<h2>What is collected</h2>\n" +
        Paragraph("A report is posted to " + Code(declaration_.path) + ", with the id of the " +
                  one_ +
                  (is_json_ ? " in the field " + Code(id_place) + " of its JSON"
                            : " in the header " + Code(declaration_.id_header)) +
                  ". What is kept of it, each metric with its value, which is a number" +
                  (is_json_ ? ", and where in the JSON it is read:" : ":")) +
        "<table class=\"fields\">\n<tbody>\n" +
        Row("The id", "Tells one " + one_ + " from another. It is kept as it is sent.") +
        Row("The time", "When the report came in, to the second, by this server’s clock.");
    for (const fleets::MetricDescription& metric : declaration_.metrics) {
      html += Row(Code(metric.name),
                  EscapeXml(metric.description) + Places(ValuePlaces(mapping, metric.name)));
      for (const fleets::LabelDescription& label : metric.labels) {
        html += "<tr class=\"label\"><th scope=\"row\">" + Code(label.name) + "</th><td>" +
                EscapeXml(label.description) + (IsIdentifying(label.name) ? " Never public." : "") +
                Places(LabelPlaces(mapping, metric.name, label.name)) + "</td></tr>\n";
      }
    }
    html += "</tbody>\n</table>\n";
    if (!declaration_.keeps_undeclared) return html;
    return html +
           Paragraph(
               "Metrics and labels that are not listed are kept as well, where a report has any.");
  }

  bool IsIdentifying(const std::string& label) const {
    const std::vector<std::string>& labels = declaration_.fleet.identifying_labels;
    return std::find(labels.begin(), labels.end(), label) != labels.end();
  }

  std::string NotCollected() const {
    std::string html = "<h2>What is not</h2>\n<ul>\n";
    if (!declaration_.keeps_undeclared) {
      html += Item(
          "Whatever else a report has. It is dropped when the report is read, and is not stored.");
    }
    if (!is_json_) {
      html += Item("A label " + Code(declaration_.fleet.id_label) +
                   " in a report, and times that a report gives.");
    }
    html += Item(
        "Addresses. The address that a connection comes from is in memory while the connection is "
        "open, so that one address cannot take all of them; it is not stored. If one takes more "
        "than its share, the server’s log names it, of IPv6 the network, at most once a minute.");
    html += Item(
        "Anything else that comes with a request, such as cookies or the name of the program that "
        "sends it. The log has no reports and no ids, and in normal operation no requests.");
    return html + "</ul>\n" +
           Paragraph("What a proxy in front of this server records, it does not know.");
  }

  std::string Readers() const {
    std::string html = "<h2>Who sees it</h2>\n<ul>\n";
    if (kept_.stores) {
      html += Item(
          "Everyone sees how many " + all_ +
          " report, sums of what they report, how that is distributed from the smallest to the "
          "largest, and how many have each value of a label, "
          "even if only one has it. Nothing public has an id" +
          Identifying() + ".");
      html += Item("Whoever runs this server can read all that is kept, with the ids.");
    }
    if (kept_.forwards) {
      html += Item(
          "Each report is also sent on, with its id and the time at which it came, to a database "
          "that whoever runs this server has chosen. What becomes of it there is not known here.");
    }
    return html + "</ul>\n";
  }

  std::string Identifying() const {
    const std::vector<std::string>& labels = declaration_.fleet.identifying_labels;
    std::string html;
    for (size_t i = 0; i < labels.size(); ++i) {
      html += (i == 0 ? ", nor the labels that tell one " + one_ + " from all others: " : ", ") +
              Code(labels[i]);
    }
    return html;
  }

  std::string Retention() const {
    std::string html = "<h2>For how long</h2>\n<table class=\"fields\">\n<tbody>\n";
    if (kept_.stores) {
      const unsigned peaks = kept_.retention.peaks_months;
      html += Row("The reports", Months(kept_.retention.report_months));
      html += Row("The largest value that each field of " + WithArticle(one_) +
                      " had in a month, and the days on which it reported",
                  Months(peaks == 0 ? 0 : std::max(peaks, unsigned{kMaxWindowMonths})));
      html += Row("The ids, when each reported first, and in which months", kForever);
      html += Row("The values of labels, without those who had them", kForever);
      html += Row("Counts and sums over all " + all_, kForever);
    }
    if (kept_.forwards) {
      html += Row("Reports that are still to be sent on", "until the database has taken them");
      html += Row("Reports that it refused", Duration(kept_.retention.parked));
    }
    return html + "</tbody>\n</table>\n";
  }

  std::string OptOut() const {
    const std::string how =
        declaration_.opt_out_url.empty()
            ? "The declaration does not say how; ask those who make " + title_ + "."
            : "<a href=\"" + EscapeXml(declaration_.opt_out_url) + "\">How " + WithArticle(one_) +
                  " stops reporting</a>.";
    return "<h2>How to switch it off</h2>\n" +
           Paragraph(how +
                     " What it has reported until then is kept for as long as is said above.");
  }

  const fleets::Declaration& declaration_;
  const KeptReports& kept_;
  const bool is_json_;
  // As HTML.
  const std::string title_;
  const std::string all_;
  const std::string one_;
};

std::string Head(const std::string& title) {
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
      title + "</title>\n<link rel=\"icon\" href=\"" + AssetAddress("icon.svg") +
      "\" type=\"image/svg+xml\">\n";
  for (const char* const sheet : {"colours.css", "style.css", "text.css"}) {
    html += "<link rel=\"stylesheet\" href=\"" + AssetAddress(sheet) + "\">\n";
  }
  return html + "<link rel=\"stylesheet\" href=\"" + AssetAddress("print.css") +
         "\" media=\"print\">\n</head>\n";
}

}  // namespace

std::string PrivacyPage(const fleets::Declaration& declaration, const KeptReports& kept,
                        const std::vector<std::shared_ptr<const fleets::Declaration>>& all) {
  const std::string title = EscapeXml(declaration.title) + ": what is collected";
  std::string others;
  for (const auto& other : all) {
    if (other->fleet.name == declaration.fleet.name) continue;
    others +=
        (others.empty() ? "" : ", ") + Link("privacy?fleet=" + other->fleet.name, other->title);
  }
  if (!others.empty()) others = Paragraph("The same of others that report here: " + others + ".");
  return Head(title + " – rollcall") +
         "<body>\n<header class=\"top\"><div class=\"top-inner\"><a class=\"brand\" "
         "href=\".\"><img "
         "src=\"" +
         AssetAddress("icon.svg") +
         "\" width=\"22\" height=\"22\" alt=\"\">rollcall</a></div></header>\n"
         "<main id=\"main\" class=\"text\">\n<h1>" +
         title + "</h1>\n" + Writer(declaration, kept).Text() + "</main>\n<footer>" + others +
         Paragraph("<a href=\"./?fleet=" + declaration.fleet.name + "\">The numbers</a>") +
         "</footer>\n</body>\n</html>\n";
}

}  // namespace rollcall::api
