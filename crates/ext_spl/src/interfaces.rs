//! The interfaces of the SPL.

use phalanx_macros::native_class;

native_class! {
    /// <https://www.php.net/class.outeriterator>
    pub static OUTER_ITERATOR = "interface OuterIterator extends Iterator";
    abstract "tentative getInnerIterator(): ?Iterator";
}

native_class! {
    /// <https://www.php.net/class.recursiveiterator>
    pub static RECURSIVE_ITERATOR = "interface RecursiveIterator extends Iterator";
    abstract "tentative hasChildren(): bool";
    abstract "tentative getChildren(): ?RecursiveIterator";
}

native_class! {
    /// <https://www.php.net/class.seekableiterator>
    pub static SEEKABLE_ITERATOR = "interface SeekableIterator extends Iterator";
    abstract "tentative seek(int $offset): void";
}

native_class! {
    /// <https://www.php.net/class.splobserver>
    pub static SPL_OBSERVER = "interface SplObserver";
    abstract "tentative update(SplSubject $subject): void";
}

native_class! {
    /// <https://www.php.net/class.splsubject>
    pub static SPL_SUBJECT = "interface SplSubject";
    abstract "tentative attach(SplObserver $observer): void";
    abstract "tentative detach(SplObserver $observer): void";
    abstract "tentative notify(): void";
}
