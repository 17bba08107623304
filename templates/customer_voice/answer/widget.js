{# The script of an embedded survey. Context: address, title. #}(function () {
  "use strict";
  var script = document.currentScript;
  var frame = document.createElement("iframe");
  var language = script.getAttribute("data-lang");
  frame.src = "{{ address|escapejs }}" + (language ? "&lang=" + encodeURIComponent(language) : "");
  frame.title = "{{ title|escapejs }}";
  frame.setAttribute("sandbox", "allow-forms allow-popups");
  frame.setAttribute("loading", "lazy");
  frame.style.cssText = "display:block;width:100%;border:0;height:" + (script.getAttribute("data-height") || "40rem");
  if (script.parentNode === document.head) {
    document.addEventListener("DOMContentLoaded", function () { document.body.appendChild(frame); });
  } else {
    script.parentNode.insertBefore(frame, script.nextSibling);
  }
})();
