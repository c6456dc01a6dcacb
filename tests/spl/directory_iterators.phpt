--TEST--
SplFileInfo, DirectoryIterator, FilesystemIterator, RecursiveDirectoryIterator
--FILE--
<?php
$root = sys_get_temp_dir() . '/phalanx-directories-' . getmypid();
mkdir("$root/sub/deep", 0777, true);
foreach (['a.txt', 'b.tar.gz', 'sub/c', 'sub/deep/d.php'] as $name) {
    file_put_contents("$root/$name", $name);
}
symlink("$root/sub", "$root/link");
$show = fn($path) => str_replace($root, 'ROOT', (string) $path);

$info = new SplFileInfo("$root/b.tar.gz");
var_dump($show($info), $show($info->getPath()), $info->getFilename(), $info->getExtension(), $info->getBasename('.gz'));
var_dump($info->getSize(), $info->getType(), $info->isFile(), $info->isDir(), $info->isLink(), $info->isReadable());
var_dump($show($info->getRealPath()), $show($info->getPathInfo()), get_class($info->getFileInfo()), $info->getMTime() > 0);
var_dump(decoct($info->getPerms()) === decoct(fileperms((string) $info)), $info->getInode() === fileinode((string) $info));
var_dump($show((new SplFileInfo("$root/link"))->getLinkTarget()), (new SplFileInfo('x/'))->getPathname(), (new SplFileInfo('x'))->getPath());
try {
    (new SplFileInfo('/no/such'))->getSize();
} catch (RuntimeException $e) {
    echo get_class($e), ': ', $e->getMessage(), "\n";
}
foreach (['/no/such', ''] as $name) {
    try {
        new DirectoryIterator($name);
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

$names = [];
foreach (new DirectoryIterator($root) as $key => $entry) {
    $names[] = $entry->getFilename() . ($entry->isDot() ? ' dot' : '') . ($entry->isDir() ? ' dir' : '');
}
sort($names);
echo implode(', ', $names), "\n";
$iterator = new DirectoryIterator("$root/sub");
$iterator->seek(3);
var_dump($iterator->key(), $iterator->valid());
try {
    $iterator->seek(9);
} catch (OutOfBoundsException $e) {
    echo $e->getMessage(), "\n";
}

$entries = [];
foreach (new FilesystemIterator($root) as $key => $entry) {
    $entries[$show($key)] = get_class($entry) . ' ' . $show($entry);
}
ksort($entries);
print_r($entries);
$flags = FilesystemIterator::KEY_AS_FILENAME | FilesystemIterator::CURRENT_AS_PATHNAME;
$entries = array_map($show, iterator_to_array(new FilesystemIterator("$root/sub", $flags)));
ksort($entries);
print_r($entries);
var_dump((new FilesystemIterator($root))->getFlags(), (new RecursiveDirectoryIterator($root))->getFlags());

class MyInfo extends SplFileInfo {}
$iterator = new RecursiveDirectoryIterator($root, FilesystemIterator::SKIP_DOTS);
$iterator->setInfoClass(MyInfo::class);
$all = [];
$walk = new RecursiveIteratorIterator($iterator, RecursiveIteratorIterator::CHILD_FIRST);
foreach ($walk as $path => $entry) {
    $all[] = $show($path) . ' ' . get_class($entry) . ' ' . $walk->getInnerIterator()->getSubPathname() . ' [' . $walk->getInnerIterator()->getSubPath() . '] ' . $walk->getDepth();
    $remove[] = $path;
}
foreach ($remove as $path) {
    is_dir($path) && !is_link($path) ? rmdir($path) : unlink($path);
}
rmdir($root);
sort($all);
echo implode("\n", $all), "\n";
try {
    $iterator->setInfoClass('stdClass');
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
var_dump(file_exists($root));
?>
--EXPECT--
string(13) "ROOT/b.tar.gz"
string(4) "ROOT"
string(8) "b.tar.gz"
string(2) "gz"
string(5) "b.tar"
int(8)
string(4) "file"
bool(true)
bool(false)
bool(false)
bool(true)
string(13) "ROOT/b.tar.gz"
string(4) "ROOT"
string(11) "SplFileInfo"
bool(true)
bool(true)
bool(true)
string(8) "ROOT/sub"
string(1) "x"
string(0) ""
RuntimeException: SplFileInfo::getSize(): stat failed for /no/such
UnexpectedValueException: DirectoryIterator::__construct(/no/such): Failed to open directory: No such file or directory
ValueError: DirectoryIterator::__construct(): Argument #1 ($directory) must not be empty
. dot dir, .. dot dir, a.txt, b.tar.gz, link dir, sub dir
int(3)
bool(true)
Seek position 9 is out of range
Array
(
    [ROOT/a.txt] => SplFileInfo ROOT/a.txt
    [ROOT/b.tar.gz] => SplFileInfo ROOT/b.tar.gz
    [ROOT/link] => SplFileInfo ROOT/link
    [ROOT/sub] => SplFileInfo ROOT/sub
)
Array
(
    [.] => ROOT/sub/.
    [..] => ROOT/sub/..
    [c] => ROOT/sub/c
    [deep] => ROOT/sub/deep
)
int(4096)
int(0)
ROOT/a.txt MyInfo a.txt [] 0
ROOT/b.tar.gz MyInfo b.tar.gz [] 0
ROOT/link MyInfo link [] 0
ROOT/sub MyInfo sub [] 0
ROOT/sub/c MyInfo sub/c [sub] 1
ROOT/sub/deep MyInfo sub/deep [sub] 1
ROOT/sub/deep/d.php MyInfo sub/deep/d.php [sub/deep] 2
SplFileInfo::setInfoClass(): Argument #1 ($class) must be a class name derived from SplFileInfo, stdClass given
bool(false)
