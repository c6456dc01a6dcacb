<?php
// Encodes and decodes a document.
function run(): string
{
    $document = ['list' => [], 'meta' => ['a' => 1.5, 'b' => null, 'c' => true, 'text' => "line\n\u{e9}"]];
    for ($i = 0; $i < 200; $i++) {
        $document['list'][] = ['id' => $i, 'name' => "name $i", 'tags' => ['x', 'y', (string) $i]];
    }
    $text = '';
    for ($i = 0; $i < 500; $i++) {
        $text = json_encode($document);
        $document = json_decode($text, true);
    }
    return md5($text);
}
