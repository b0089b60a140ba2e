// <leumund-survey place="code"></leumund-survey> on a page of the company's own: the survey in a frame of its own, as tall as
// it needs to be. It sets no cookie, stores nothing, and reads nothing of the page around it.
(() => {
  const home = new URL(document.currentScript.src).origin;

  class Survey extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const lang = (this.lang || document.documentElement.lang || "de").slice(0, 2);
      this.frame = document.createElement("iframe");
      this.frame.src = `${home}/u/${encodeURIComponent(this.getAttribute("place") || "")}?lang=${lang}`;
      this.frame.title = this.getAttribute("label") || document.title;
      this.frame.loading = "lazy";
      this.frame.referrerPolicy = "no-referrer";
      this.frame.style.cssText = "border:0;width:100%;height:32rem;color-scheme:normal";
      this.attachShadow({ mode: "open" }).append(this.frame);
      this.listen = (event) => {
        if (event.origin !== home || event.source !== this.frame.contentWindow) return;
        const height = Number(event.data?.leumundHeight);
        if (height > 0 && height < 10000) this.frame.style.height = `${Math.ceil(height)}px`;
      };
      addEventListener("message", this.listen);
    }

    disconnectedCallback() {
      removeEventListener("message", this.listen);
    }
  }

  customElements.get("leumund-survey") || customElements.define("leumund-survey", Survey);
})();
