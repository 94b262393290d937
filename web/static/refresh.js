// Does the page's work again after a while, and only while somebody looks: a page that nobody looks at asks for nothing,
// and catches up when it is looked at again.

export class Refresh {
  constructor(work) {
    this.work = work;
    this.timer = 0;
    this.missed = false;
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this.missed) {
        this.now();
      }
    });
  }

  now() {
    this.missed = document.hidden;
    if (!this.missed) {
      this.stop();
      this.work();
    }
  }

  later(ms) {
    this.stop();
    this.timer = setTimeout(() => this.now(), ms);
  }

  stop() { clearTimeout(this.timer); }
}
