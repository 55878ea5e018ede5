<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Finetune GUI</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Version {0} · Apache-2.0 license</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing leaves this machine: no account, no upload, no telemetry.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only the weights, sample images and GPU support that you choose are downloaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edition</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With CUDA, downloaded as GPU support</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without CUDA; see Help &gt; GPU support</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Licenses…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AugmentationDialog</name>
    <message>
        <source>How training images are varied</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AugmentationPreview</name>
    <message>
        <source>New views</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In every epoch the network sees the same square from the middle of the image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In every epoch the network sees another part, at least half of the image, and half of the time its mirror image. Good for most images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parts down to a fifth of the image, mirrored half of the time, with brightness, contrast and colour changed by up to 30 %. Helps with few images; not where colour tells the classes apart.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Variation: {strength}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Views of the chosen images</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BaselinesView</name>
    <message>
        <source>This run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nearest neighbour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Always the same answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train the same network from scratch…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Takes over the settings of this run, but without pretrained weights; start it under Train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare this run with what needs no fine-tuning: it looks at all images once more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by pretrained features</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” for every image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>likely {low} – {high}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The run is no better, beyond chance, than always giving the same answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fine-tuning did harm: comparing images by pretrained features alone is better.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fine-tuning did not pay yet: comparing images by pretrained features alone is as good, within chance.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fine-tuning paid: it is better, beyond chance, than comparing images by pretrained features alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BugDialog</name>
    <message>
        <source>Something went wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something went wrong inside the app.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your images and finished runs are safe. Go on working; if it happens again, restart the app.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The report is also in the log folder: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save report…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>BusyCard</name>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ButtonEditor</name>
    <message>
        <source>{0} set…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All 1…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CameraAccess</name>
    <message>
        <source>Looking for a camera…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No camera is connected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This app may not use the camera. Allow it in the system&apos;s privacy settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A camera needs a package that is not installed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run: pip install “finetune-gui[camera]”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameras cannot be used here: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CameraDialog</name>
    <message>
        <source>Camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Right now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model looks at everything that the camera sees, as fast as it can</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the picture as in a mirror. The model sees it as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add it to what was tried (Space or Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture taken: {answer}, {share}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none of these</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at it…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take a picture, or switch Live on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the model says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model looks at the bright part of the picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing the camera sees is kept or sent anywhere. Pictures you take are deleted with the list, or when the app is closed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CameraFeed</name>
    <message>
        <source>The camera sends no picture. Perhaps another program uses it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera cannot be used: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera cannot be used.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CameraPreview</name>
    <message>
        <source>What the camera sees</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CameraTrial</name>
    <message>
        <source>Waiting for the camera…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera is no longer connected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture could not be looked at.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CertificateCard</name>
    <message>
        <source>Export certificate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not certified: Core ML runs only on macOS and iOS. Export it again on a Mac to have it compared.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not certified: none of the run&apos;s images could be read any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refused: {agreeing} of {all} validation images get the same answer ({share}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Same answers: {agreeing} of {all} validation images agree ({share}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not quite the same answers: {agreeing} of {all} validation images agree ({share}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest difference of a probability: {difference}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accuracy {after} (run {before})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{after} ms an image (run {before} ms)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{after} (run {before})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ClassEditor</name>
    <message>
        <source>Rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Merge…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the selected classes one class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave the selected classes out; their files stay as they are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Limit…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use at most so many images of each selected class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use own names again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weigh the classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show rare classes more often</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Against imbalance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weighing makes a mistake on a rare class count more. Showing rare classes more often repeats their images in each epoch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Against &amp;imbalance</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ClassFiguresItemModel</name>
    <message>
        <source>Class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Precision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>F1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of the images given this name, the share that deserves it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of the images of this class, the share that was recognised</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Harmonic mean of precision and recall</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ClassItemModel</name>
    <message>
        <source>All classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Validate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dropped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in the data: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>limited to {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} image(s) left out</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Images the model learns from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images kept aside to check the model during training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images of the test folder, used only for the final evaluation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of all images; the bar compares with the largest class</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ClassTable</name>
    <message>
        <source>Figures of every class</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ClassWeightsDialog</name>
    <message>
        <source>What an image of a class counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All 1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With 2, a mistake with an image of that class counts twice, so the network makes fewer of them and more with the others. To even out classes of different size use “Balance” on the data page.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No classes are known yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a folder of images first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weight of {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CollapsibleSection</name>
    <message>
        <source>Put “{0}” back to default</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} changed</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{0}, open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}, closed</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConfigForm</name>
    <message>
        <source>Find…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipe: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Auto</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Auto {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try learning rates for a moment each, and see which learns best</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find a learning rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings that go well together, to take as they are or to start from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Validation and stopping</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Speed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reproducibility</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save config…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open config…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy, save or open settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How often all training images are seen. More learns more, up to a point: watch the orange curve.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images per step. Larger is steadier and needs more memory; 32 suits most. 0: found by a short trial.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>AdamW works without tuning; SGD with momentum is the classic, with larger rates.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vary images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not at all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lightly</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strongly</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warm-up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of the run in which the rate climbs from 0, such as 0.05.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epochs a step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The learning rate falls each time that many epochs are done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Factor of a step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the learning rate is multiplied by at each step, such as 0.1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Momentum</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of the last step that goes on in the next; 0.9 is usual.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clip gradients</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest gradient that is allowed, such as 1: one odd batch cannot spoil the weights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Batches a step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gradients of so many batches make one step: a larger batch in the memory of one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Average weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluates and keeps a moving average (EMA) of the weights; its decay, such as 0.99.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training images are cropped, flipped and recoloured at random, so that few images go further.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of a step, η. Empty: chosen to suit optimizer and layers. Too large and the loss jumps.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning rate over the run: warm up and fall to 0; one cycle up and down; fall in steps; or stay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One cycle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Constant</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pulls weights towards 0 against overfitting. Empty: 0.01 for AdamW, 0.0001 for SGD.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Validation share</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images kept aside to measure with; the network never learns from them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Precision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it computes in. Automatic takes 16 bits on a GPU that is good at it, else 32.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Views an image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frozen layers run once for each random view; more views vary more and take longer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compiles the layers that learn: slow to begin, then faster on a GPU.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whether what frozen layers and decoders give is kept, so that it is done only once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Room on disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most that is kept on disk for later runs, which then need not do it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same seed gives the same split, order and start: runs can be compared.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smooth labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of each label that is spread over all classes, such as 0.1: less overconfident.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What an image of each class counts: more for a class that must not be missed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mixup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blends images and labels in pairs; α, such as 0.2. For long runs with few images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CutMix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pastes a piece of one image into another; α, such as 1. For long runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dropout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of its inputs that the output layer does without in each step, such as 0.2. Empty: as built.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Best epoch by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The weights of the epoch with the best of this are kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Patience</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epochs without a better one after which the run ends by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Never stop early</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Always new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where it computes. Automatic takes the fastest there is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deterministic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A GPU may use only algorithms that give the same result each time; slower.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save every</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Minutes between checkpoints within an epoch; 0 saves after epochs alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConfigReuse</name>
    <message>
        <source>the images are not in {0} any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the model {0} is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no device {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is chosen now stays in its place: {0}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConfusionView</name>
    <message>
        <source>Confusion matrix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{true}”: {count} recognised ({share})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{true}” taken for “{predicted}”: {count} ({share} of “{true}”)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The confusion matrix appears here after an evaluation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>True</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DataDecisions</name>
    <message>
        <source>rename “{0}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>merge into “{0}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>use own names</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>drop “{0}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>restore “{0}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>limit “{0}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>balance of the classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{images} to {part}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>exclude {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>include {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{images} to “{name}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>relabel {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>keep the label of {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No images are chosen yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a folder with one folder per class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} image(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DataPage</name>
    <message>
        <source>Data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next: Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drawing the sample images…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a pretrained model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zip or CSV…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Samples…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look again for added images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking through the images…</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} image(s) so far</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{done} of {total} images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is what was found. Check that the classes are right, then go on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the model examples to learn from: images sorted into classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>All images are checked: {count} finding(s).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>The largest class has {ratio} times as many images as the smallest. Recommended: {choice}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>weigh the classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>show rare classes more often</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DataWelcome</name>
    <message>
        <source>Drop a folder of images here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Or a zip, a table of labels (CSV), or several folders that are one class each. Your images stay on this machine and are never changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zip or CSV…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>240 pictures of metal parts in 4 classes: good, scratched, dented, stained. Drawn in seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Samples…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Data sets to try: built in, or fetched from their makers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opened before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How your folder should look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name of a folder is the name of its class. 20 to 50 images a class are enough for a start. Folders named “train”, “val” and “test” are respected.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DatasetView</name>
    <message>
        <source>Source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many images are kept aside to check the model with, and which</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Findings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Findings ({0})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some of it makes the results doubtful</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DatasetWiring</name>
    <message>
        <source>Merge {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put into class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export findings and decisions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tables</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Written: one row for each image and finding.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the way the images are divided</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DeeperLook</name>
    <message>
        <source>Loading the model…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DriftItemModel</name>
    <message>
        <source>Layer group</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>‖w − w₀‖ / ‖w₀‖ of all weights of the group; the bar is logarithmic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unmoved</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DriftView</name>
    <message>
        <source>How far each layer group has moved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moved (%)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Head</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last stage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Earlier, at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After each epoch this shows how far each layer group is from where it began.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After epoch {epoch}, {moved} of {all} layer groups have moved. Frozen ones cannot.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DuplicatesLine</name>
    <message>
        <source>Show them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nearly the same as a training image: {number} of {all}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None is left that tests the model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without: accuracy {accuracy}, likely {low} – {high}, instead of {before}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EvaluationCards</name>
    <message>
        <source>Validation accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Macro F1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weakest class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mean over the classes of F1, the harmonic mean of precision and recall: rare classes count in full. Balanced accuracy is the mean of their recalls</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accuracy on this folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>every class counts the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>balanced accuracy {share}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{note} · top-5 {share}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{right} of {all} · likely {low:.0f}–{high:.0f}&#xa0;%</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With so many images, the true accuracy on images like these lies between {low} and {high} (95 % interval of Wilson). Mean loss: {loss}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}”: {missed} of {all}&#xa0;missed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no class has a mistake</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The class with the smallest recall: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of the training part</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of the test part</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>set aside for validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in {folder}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} more could not be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} more are of classes that the model does not know</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EvaluationPage</name>
    <message>
        <source>Evaluate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model to try yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train one, or open one under Runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See how good the model is, where it is wrong, and try it on your own images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{model} on {data}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>best epoch {best} of {all}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>frozen layers verified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>frozen layers have changed!</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the model says of each image is not kept yet: evaluate once more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluated on the test images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluated on {folder}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This run has not been evaluated yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {total} images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder with one folder per class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no image on the clipboard.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy an image or an image file, then paste.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved in {file}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluate on another folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluate on the images that were set aside for the final test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Report…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Curves, figures, mistakes and settings in one file to pass on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to validation images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluate now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mistakes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trust</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Groups</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Baselines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model to look at yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train a model first, or pick a run under Runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no image in this folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose images, or a folder that holds some.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These are {count} images, too many to look at here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose fewer, or use “finetune-gui predict … --csv FILE”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} cannot be made: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the permission of the folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture could not be saved in {folder}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the free space and the permission of the folder.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Explanations</name>
    <message>
        <source>Seen in training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nearly the same as a training image, so they do not test the model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Covering parts of the image…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This image cannot be explained.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ExportFiles</name>
    <message>
        <source>the names of the classes, in the order of the outputs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>how an image is cut, scaled and normalised</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>which network it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the comparison with this run on real images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a short script that names the class of images, without this app</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all of this for people; beside it the license of the weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the network: a square of pixels in, probabilities out; predict.py cuts the square</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the network: pixels of any size in, probabilities out; preparation is inside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the weights, named as in timm or torchvision</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ExportPage</name>
    <message>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the model elsewhere, checked on real images to give the same answers there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{model} on {data}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>validation accuracy {share}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose where to put the export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at the folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This folder is not empty. Replace the export in it?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no image on the clipboard.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy an image or an image file, then paste.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Destination folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The exported file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What will be written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model to export yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train a model first, or pick a run under Runs.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FileListDialog</name>
    <message>
        <source>Copy list</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Findings</name>
    <message>
        <source>Learnt from as well as checked with: {count} image(s).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same picture under two classes: {count} image(s).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” can be told by its {trait} alone: {value} in all {count} image(s).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cannot be read, and left out: {count} image(s).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closed to this app: {count} file(s) or folder(s).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Named by the table, but not there: {count} image(s).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fewer than {few} images to learn from: {classes_text}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No image in the {part} part: {classes_text}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{most}” has {ratio} times as many images as “{least}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exact copies of others: {count} image(s).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nearly the same as others: {count} image(s).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another format than {usual}, which nearly all have: {count} image(s) ({formats}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Less than {pixels} pixels wide or high: {count} image(s).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More than 50 million pixels: {count} image(s).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folders lie in folders; {count} class(es) were made of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passed over: {count} file(s).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model has seen them, so it is right on them without having understood anything: the accuracy will look better than it is. Move them to the training part.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whatever the model answers, it is wrong once. Look at them, and exclude them or put them into one class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of the other images {elsewhere} have it. The model may learn that instead of what the images show, and fail on new images. Add images of this class that are made like the others.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are damaged, or no images. Training goes on without them; the files stay as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The system does not let this app read them. Change their permissions if they belong to the data.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The table names files that are not in the folder. Check that all images were copied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So few images hardly show what a class has in common, and its figures are mostly chance. Add images, merge the class with another, or drop it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How well the model knows such a class cannot be measured there. Move some of its images, or drop the class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model may learn to prefer the frequent class. Weighing the classes, or showing rare images more often, makes up for it; judge by the results of each class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same file, byte by byte. The model sees these images more often than the others, and a test that holds copies counts one answer several times.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Taken one after the other, resized, or saved again. They are kept in one part, so that the model is not tested with what it has seen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Placeholders for missing photos, screenshots and drawings often hide like that. Look at them, and exclude what does not belong.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are enlarged for the network and show little. A few among large ones may be thumbnails.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They take long to read in every epoch, and small details vanish when they are scaled down. Crop or resize copies of them if details matter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>If the classes are not the ones you meant, choose the other level of folders.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are no images, or belong to no class. They are not touched.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exclude</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep one of each</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move to training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weigh the classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show rare classes more often</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fine as it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>colour mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hidden, by a dot before the name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>made by the system or a program for itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no image, by the name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a pipe, a device, or a link that leads nowhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>images outside of the class folders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>images that the table does not name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>archives, which are not opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>names that are no valid text; rename these files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>names that lead out of the archive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>names that differ from others in case alone; unpack them elsewhere</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FindingsList</name>
    <message>
        <source>Findings</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FindingsView</name>
    <message>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show all…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export as CSV…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write every image with its class, part, decision and findings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was found that needs you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was found so far. The images were not looked at yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Show all {count}…</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Choose the level…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show as open again</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ForecastView</name>
    <message>
        <source>Forecast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About {memory} of {available} free memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too much: choose a smaller batch, or freeze more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{time} an epoch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{time} for the first epoch, then {later} each</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{time} for each of the first {count} epochs, then {later} each</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>An estimate from {count} step(s) with up to {images} random images on {device}. {activations} of the memory are activations.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Frozen layers run once for each view of an image; what they give takes {size}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the images comes on top.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Less than a second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About {time}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FormatCards</name>
    <message>
        <source>ONNX</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs everywhere, without Python or torch: apps, web pages, phones. Full size, same answers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ONNX, 16 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For GPUs and phones: half the size, the same classes, probabilities that differ a little.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ONNX, 8 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For small boards and old CPUs: a quarter of the size, often faster, checked for accuracy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PyTorch program (.pt2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For torch, also from C++: the network as a program. Full size. Only for those who trust you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>safetensors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weights for PyTorch / timm: to go on with in your own Python code. Full size, exact.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>LiteRT (.tflite)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For Android and small devices. Full size, same answers; your app cuts the square.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Core ML (.mlpackage)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For apps on iPhone, iPad and Mac. Full size; compared with this run on a Mac only.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FrozenWords</name>
    <message>
        <source>{layers} run without gradients; there is no room to keep what they give.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{layers} run {times} instead of {epochs} times for each image; kept {place}, {size}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What {layers} give is kept {place}, {size}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for later runs too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in memory for this run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All of it was known before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{ready} of {wanted} views were known before.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Gallery</name>
    <message>
        <source>Metal parts from a factory line: good, scratched, dented or stained. Drawn by the app in seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>240 to 480 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Apache-2.0, as the app</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tiny pictures of ten everyday things, from airplane to truck: the classic benchmark.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none stated; the makers ask to be cited</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photos of flowers that grow in the United Kingdom: many classes, of which some look much alike.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>500 px and more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none stated; the photos are from the web</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photos of cats and dogs of 37 breeds, at every distance and in every pose.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about 500 px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CC BY-SA 4.0; the photos belong to their owners</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Europe from above: what the land is used for, told from small satellite pictures of Sentinel-2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>MIT; the satellite data are under the terms of Copernicus</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GalleryCard</name>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel fetching {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comes with the app</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download ({size})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking the file that you brought…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unpacking…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sorting into class folders: {done} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drawing: {done} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} image(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} class(es)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>in parts: {parts}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By {makers}. License: {license}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Makers’ page</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GalleryDialog</name>
    <message>
        <source>Sample data sets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To try things out, or to compare. Downloads come from the makers’ sites and are checked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fetching {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop the download?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What has come so far is thrown away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GpuSupport</name>
    <message>
        <source>GPU support is ready.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close Finetune GUI and start it again: it then trains on the graphics card.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPU support…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finetune GUI is newer than its GPU support: {gpu} is not used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What has changed can be downloaded. Close this message to remove the old one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPU support could not be started: {gpu} is not used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It can be checked and mended; only what is missing is downloaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPU support for {gpu} is here in part.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The download can go on where it stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A graphics card was found that is not used yet: {gpu}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it needs can be downloaded once ({size}). Training is much faster with it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GpuSupportDialog</name>
    <message>
        <source>GPU support</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPU support is in use. If it is removed, that is done at the next start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPU support is ready: close Finetune GUI and start it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is here belongs to another version. Only what has changed is downloaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is here could not be started. It can be checked and mended.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPU support is removed as soon as nothing uses it any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No NVIDIA graphics card with a working driver was found in this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This edition trains on the processor. To train on the graphics card it needs libraries from the page of its release. They are downloaded once, after a click here; nothing is sent. Each file is checked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bring up to date</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check and mend</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking what is here…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Taking over what is the same…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unpacking and checking…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trying whether it starts…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size}/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Graphics card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its driver</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On the disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept in</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GroupsView</name>
    <message>
        <source>By folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By a table…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Column with the groups</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accuracy of every group</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Group</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>95 % interval</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the column with the groups</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Is the model as good for every camera, place or person? Put images into sub-folders by group, or choose a table with a column of file names and one of groups.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Worst for “{name}”: {right} of {all} recognised, which is less than for the others beyond chance.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Worst for “{name}”: {right} of {all} recognised, but so few images may be chance.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a table with file names and groups</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HardwareStrip</name>
    <message>
        <source>Hardware</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HeatMapView</name>
    <message>
        <source>Image with its heat map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class to explain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How the heat map is found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grad-CAM</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>RISE</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opacity of the heat map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing in this image speaks for “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bright: where this place is seen, “{name}” is likelier than where it is covered.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bright: what speaks for “{name}”, as the layer {layer} sees it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By the gradients of the last layer that keeps places apart: at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By covering parts of the image at random, some hundred times: slower, for any network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Explain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ImageCanvas</name>
    <message>
        <source>Picture</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ImageFactsPanel</name>
    <message>
        <source>Show in folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left out: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use it again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave it out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Part</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move to {part}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About this image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move to</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ImageGrid</name>
    <message>
        <source>Images</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ImageViewer</name>
    <message>
        <source>{number} of {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This image cannot be shown: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This image cannot be shown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous (←)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next (→)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smaller (−)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger (+)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All of it (0)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1:1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pixel for pixel (1)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>InspectionBar</name>
    <message>
        <source>Check later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training can begin without it: a run looks at its images first, and remembers what is known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check of the images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The images were not all checked. Damaged ones and copies are not known yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The run that has begun checks the images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The check of the images ended early.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking the images…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unpacking and checking the images…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for images that are alike…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LabelChecks</name>
    <message>
        <source>Loading the model…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>now “{name}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is right</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LabelQueue</name>
    <message>
        <source>Check the labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open these data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show what was decided</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images whose label is doubtful</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Label is right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the suggestion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another class…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which images are probably in the wrong class? Each is judged by the others, after one pass over all images of the run. No file is changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>None of the {count} label(s) is doubtful.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} label(s) of {all} doubtful</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>, {count} decided.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decisions count from the next run on; no file is changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To decide about them, open the data of this run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by decision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select images to decide about them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} image(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Rather “{suggested}” ({sure}) than “{given}” ({unsure})  ·  {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put into class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LayerItemModel</name>
    <message>
        <source>Layer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frozen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>λ</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Double-click or press F2 to change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Head</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stage {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>frozen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>learns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>partly frozen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From the input at the top to the output at the bottom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A frozen layer stays exactly as it was pretrained</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning-rate multiplier: 0 is frozen, 1 is full speed, between is gentle (w ← w − η·λ·∇w)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number of weights; the bar is the share of all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shape of what the layer gives for one image</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LayerSummary</name>
    <message>
        <source>Locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adapts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frozen layers keep the averages they were pretrained with. Safe.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The averages follow your images. For images unlike photos, such as X-rays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model has no BatchNorm layers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset to preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{trainable} of {total} parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Statistics of {still} of {all} BatchNorm layers are locked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dropout is active in {awake} of {all} places.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model drops nothing out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} rule(s) on top of the preset.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing is changed: the plan is the preset.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The first layers see edges, colours and textures. These are the same in nearly all photos, so what was learnt from a million of them fits yours, too. Keeping them frozen saves time and keeps a small data set from spoiling them.

Let them learn when your images look unlike photos (X-rays, microscopy, radar, drawings) and you have plenty of them. Begin gently: a small λ, or the preset that is gentler in depth.

Gradual unfreezing does it in one run: the new head first, so that its wild first steps do not spoil the pretrained layers, then the layers below it.

Not sure? Train the head only, look at the result, then unfreeze one stage after the other from below and keep what helps.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why freeze, and when not?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share that learns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>BatchNorm of frozen layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changed by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the plan amounts to</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LayerTreeView</name>
    <message>
        <source>Layers</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LayersPage</name>
    <message>
        <source>Layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose which layers learn from your images. Frozen ones keep what they know.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Expand all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Collapse all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next: Train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No layer fits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search for part of a name or a kind.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset to preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Dropped: {count} change(s) by hand.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the layers of the model…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not while a run is training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose images first: time and memory depend on them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trying a few steps on this device…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LicensesDialog</name>
    <message>
        <source>Licenses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parts of the app</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the licenses…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>License</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The window is made with Qt and PySide6, which are used under the GNU LGPL, version 3. They are separate libraries in the folder PySide6 of the installation, and may be replaced there by versions of your own. Their source is offered by The Qt Company and the Qt Project.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finetune GUI stands on the work of others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>several, see below</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not named by its makers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>License: {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LiveAnswer</name>
    <message>
        <source>None of these</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LivePlot</name>
    <message>
        <source>Save as PNG…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy values as CSV</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save plot</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PNG image (*.png)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Curves appear here once training starts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show or hide this curve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show {curve}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} could not be written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the permission of the folder, or choose another.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LrCurve</name>
    <message>
        <source>Learning rate η</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss over the learning rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss over the learning rate; suggested: {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LrFinderDialog</name>
    <message>
        <source>Find a learning rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network learns for a moment with each of many rates, from tiny to far too large, on a copy that is thrown away. Where its loss falls fastest it learns best; where the loss rises the rate is too large.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rate {0}: loss {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The loss fell with no rate. Check the labels, or let more layers learn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The loss falls fastest at {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MatrixDialog</name>
    <message>
        <source>Confusion matrix</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MistakesView</name>
    <message>
        <source>Percent of each class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show every cell as a share of its row instead of a number of images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Order of the classes in the matrix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As in training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most mistakes first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most images first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enlarge</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the matrix in a window of its own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show where in the image the answer comes from (Enter, or a double click)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show worst of all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mistakes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The surest mistakes come first. Click a cell of the matrix to see its images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Worst mistakes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No mistakes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every image was recognised: nothing to look at here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>True: {true}, recognised</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>True: {true}, predicted: {predicted}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>True: {true}, not recognised</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No image was taken for another class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{true} taken for {predicted} ({count}×)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most often confused: {pairs}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No image falls into this cell.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} image(s), not among the worst mistakes, which are kept</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>The {shown} worst of {count} images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 image</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} image(s), the least sure first</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} image(s), the surest mistakes first</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{confidence} sure</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelFilters</name>
    <message>
        <source>Search all models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show every model, and not only the recommended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Favourites</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Those you have marked with a star</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Those whose weights need no download</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Small and quick enough for phones and small boards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Self-supervised</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learnt without class labels, as DINOv2, MAE, CLIP and SigLIP: strong features when frozen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Apache, MIT, BSD and like licenses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any family</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up to {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any speed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up to {times} the starter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Family</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters: more learn more, and take more memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Computation for one image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Computation for one image, compared with the starter</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelGuidance</name>
    <message>
        <source>Pretrained (recommended)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From scratch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{times} the starter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{gmacs} GMACs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{side} × {side} px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not stated</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has already learnt from more than a million photos; your images only refine that.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It knows nothing yet. That needs thousands of images per class and hours of training; with fewer, expect poor results. Unfreeze all layers, too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An earlier run of yours. Its classes keep their outputs; new ones are added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A weight file of yours. Its architecture is found from its tensors.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learnt without class labels: strong general features, also when they stay frozen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A model of {library}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quicker than the starter, even on an old laptop.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quick enough without a GPU: minutes for a few hundred images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without a GPU, several times slower than the starter, but bearable for a small data set.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without a GPU, be ready to wait: hours where the starter takes minutes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Small details in your images are better seen at its large input.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Computation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Top-1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learnt from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Architecture, such as torchvision/resnet50</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Architecture of the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only where it is not found by itself: name it and press Enter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About this model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time per image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Input</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>License</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Id</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelItemModel</name>
    <message>
        <source>✓ here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>self-supervised</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the mark away (Space)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark as a favourite (Space)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>favourite</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not a favourite</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>chosen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Family</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Input</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Top-1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>License</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your favourites</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adjustable numbers in the model; more learn more, and take more memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Computation for one image, compared with the starter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side of the square that every image is brought to, in pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accuracy on ImageNet-1k as torchvision published it; timm publishes none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you may do with the pretrained weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the pretrained weights; a tick where they are on this machine</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelPage</name>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a network that has already learnt to see. The starter is a good first choice.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a weight file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weights of your own: .safetensors, .pth or .pt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model fits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use fewer words or filters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the recommended models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a weight file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asking for the file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} model(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{shown} of {all}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{shown} of {all}: the recommended ones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next: Layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose which layers learn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading its layers…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelPicks</name>
    <message numerus="yes">
        <source>{count} training image(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>no GPU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>with a GPU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Good to begin with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picked for {situation}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {time} a pass</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>times are estimated from the starter&apos;s speed here, for a pass over the images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>quick</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>few images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>accurate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for phones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fine detail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for comparing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Small, quick, and already on this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its features are so general that a frozen backbone and few images are enough</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strong features of 14 million photos, and still bearable on this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Small enough for phones and small boards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its large input shows small things</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The standard of the literature: compare with published results</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelTable</name>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelWeights</name>
    <message>
        <source>Download now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take a file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On this machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To download once: {size}. A run does it by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To download once. A run does it by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From a machine with internet: {file}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder of the weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep weights in another folder from now on; nothing is moved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the folder of the weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take {file}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep weights in</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NearestView</name>
    <message>
        <source>Nearest training images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at the training images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which training images did it look like to the network? That needs one pass over the images of the run; then it is known for every image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} · {share}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All of the nearest training images are “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The nearest training images, by the cosine of their features.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It looked like these</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NumberEditor</name>
    <message>
        <source>&apos;{0}&apos; is not a number.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write 0.001 or 1e-3, or leave it empty.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Overview</name>
    <message>
        <source>Data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Result</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PageStack</name>
    <message>
        <source>Data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PictureView</name>
    <message>
        <source>The archive is not unpacked yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its images can be looked at as soon as it is; the check of the images unpacks it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No images here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another class or part.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Augmentation…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See how images are varied while the model learns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exclude</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To {part}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put into class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another class…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show images of</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PlanOptions</name>
    <message>
        <source>Up to layer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Multiplier beyond that layer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gradual unfreezing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the layer before the head</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Head, then last stage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Head, last stage, everything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of your own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two rates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rate η up to and including</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>and η·λ beyond it, with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epoch {epochs}: {preset}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PredictionItemModel</name>
    <message>
        <source>Image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Else</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of these</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PredictionList</name>
    <message>
        <source>Predictions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none of these; likeliest {guesses}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of these</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PredictionTable</name>
    <message>
        <source>Predictions as a table</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PresetCards</name>
    <message>
        <source>Only the new output layer learns. Quickest, and best with few images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last stage learns, too. Often better with a few hundred images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every layer learns at full speed. For thousands of images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every layer learns, early ones gently. For images unlike everyday photos.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One learning rate up to a layer of your choice, λ times that beyond it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which layers learn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>changed by hand</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProgressLine</name>
    <message>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RecipeDialog</name>
    <message>
        <source>Recipes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A recipe sets epochs, batch size, optimizer, loss, how images are varied and which layers learn. Your data, the model and the device stay, and everything can be changed afterwards.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only the new output layer learns, for 10 epochs. Seconds to minutes. Begin with this one, and stay with it where it is good enough or images are few.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First the output layer, then the last stage too, for 12 epochs. Minutes. Take it with a hundred images of each class, or where Quick is not quite good enough.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every layer learns, early ones gently, for 30 epochs with strongly varied images and smoothed labels. Long; best with a GPU. For images unlike everyday photos, or for the last per cent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As in the literature (ResNet-50 on CIFAR-10): every layer, SGD with rate 0.001 and momentum 0.9, batches of 100, 20 epochs, no schedule. Take it to compare with published results.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RejectionPlot</name>
    <message>
        <source>“None of these” below</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answered images and wrong answers over the threshold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>answered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrong among these</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReliabilityPlot</name>
    <message>
        <source>How sure the model is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How often it is right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reliability diagram</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReportDialog</name>
    <message>
        <source>Save a report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files of the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is in the selected file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A zip for whoever shall find out what went wrong. Look at what will be in it:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No images, and nothing is sent: you save it, and give it to whom you like.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your home folder is written as ~, names of other folders and of classes as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} file(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The report is saved as {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The report could not be made.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReportSaving</name>
    <message>
        <source>Web page (*.html)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PDF (*.pdf)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model card in Markdown (*.md)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save a report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writing the report…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ResumeOffer</name>
    <message>
        <source>You closed the window during a run: {model} on {data}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A run was interrupted: {model} on {data}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} epoch(s) done</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{when} · {epochs}. You can also go on with it later, under Runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on with it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunActions</name>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Evaluate, try and export the model of this run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use these settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More epochs…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Report…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Curves, figures, mistakes and settings in one file to pass on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name and note, folder, trash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name and note…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move to trash…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another training is going on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on from the last checkpoint of a run that did not finish.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on with a run that has had all its epochs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} runs selected</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunCards</name>
    <message>
        <source>Validation accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images per second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time spent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>best, at epoch {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>after the first epoch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>validation {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of the last step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>without pauses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunComparisonView</name>
    <message>
        <source>Epoch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These two cannot be tested against each other yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which is better?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select two runs for a test on the same images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Not shown: {count} older run(s).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{better} is better than {other}, beyond chance.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These two have no validation image in common.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{first} and {second} cannot be told apart.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They cannot be compared image by image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>p &lt; 0.0001</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>p = {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Of {count} image(s) that both saw, right alone on</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{p}, exact test of McNemar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{share}, likely {low} – {high}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Left out: {count} image(s) that only one has, or of another class there.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Their classes differ: the one with fewer to choose from has it easier.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Set otherwise: {count} setting(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>All settings are the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comparison in words</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunCurves</name>
    <message>
        <source>Epoch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>best: epoch {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunDetails</name>
    <message>
        <source>Epoch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>best: epoch {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{model}, from scratch</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{preset}, with {count} rule(s) of your own</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>strong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>automatic rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rate {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as pretrained</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>adapts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}, {1} images a step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>BatchNorm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Variation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}, as many images a step as suit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>smoothing {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mixup {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CutMix {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>clipping at {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>average {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Also</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>after {count} epoch(s) without a better one</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Stops early</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>changed: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frozen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>verified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moved</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunExtension</name>
    <message>
        <source>More epochs</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{run} has {count} epoch(s). How many shall it have in all?</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Train on</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunFlow</name>
    <message>
        <source>The search for a learning rate is still ending.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another run is under way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop it first, then go on with this one.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunItemModel</name>
    <message>
        <source>Training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unfinished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Best validation accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Validation loss of the best epoch</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunNotesDialog</name>
    <message>
        <source>Name and note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>such as: paper, wet season</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tags</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder keeps its name, {name}, so that whatever was given its path still finds it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunNotifier</name>
    <message>
        <source>Training stopped by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} correct on validation images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training waits for you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training ended by an error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something went wrong inside the app.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunResultBar</name>
    <message>
        <source>See where it is wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunStatusBar</name>
    <message>
        <source>State of the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pausing · epoch {0}/{1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused · epoch {0}/{1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epoch {0}/{1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting · epoch {0}/{1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} img/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>loss {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>val acc {0}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunTable</name>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunTrash</name>
    <message numerus="yes">
        <source>Move {count} run(s) to the trash?</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{name}, with model and exports. You can take it back out of the trash.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is in the trash.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} run(s) moved to the trash.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{name} is being trained.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop it first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} could not be moved to the trash: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use “Open folder” and delete it there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} cannot be taken back out of the trash.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look for it in the trash of your system.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} could not be taken back: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunWords</name>
    <message>
        <source>Stopping…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing has been trained yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The run was discarded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epoch {0} of {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pausing…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>validating</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ended too early, in epoch {0} of {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finished early, after {0} of {1} epochs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped in epoch {0} of {1}, and kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finished · {count} epoch(s)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The curves appear here, live, as soon as you press Train.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} training and {1} validation images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}, learning rate {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} of {1} parameters learn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Batches of {0} images suit this device best.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory ran out: batches of {0} go through in parts of {1}; the result is the same.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In step {0} the loss was no longer a number: the run went back to step {1}, and on with {2} of the learning rate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} of the validation images are recognised.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Best at epoch {0}; these weights are kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped by itself: no later epoch was better.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frozen layers verified: identical to the last bit.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunsPage</name>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every training is kept. Select several to compare them; open one, or start from its settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} run(s) found</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Tags</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved in {file}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Words of names, notes, tags, images, models, layers and states (Ctrl+F)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No runs yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each training appears here, with its curves and model.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ScanView</name>
    <message>
        <source>Classes found so far</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>Drop a folder with one folder per class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No images are chosen yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SettingWords</name>
    <message>
        <source>Images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class folders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder that names the class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test share</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Groups by file name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look-alikes stay together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Balance of classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decisions about images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rules of layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>BatchNorm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First rate up to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>λ beyond</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unfreezing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Task</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} decision(s)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from epoch {epoch} on: {preset}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>yes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SourceChooser</name>
    <message>
        <source>Choose a folder of images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a zip of images, or a table of labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zip archives and tables of labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SplitDialog</name>
    <message>
        <source>How the images are divided</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images that look nearly the same stay in one part</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{images} to learn from ({share})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{images} to check with ({share})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{images} for the final test ({share})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For example patient(\d+): all images of one patient then stay in one part.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No two file names have a match in common.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} group(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} image(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{groups} with {images} in all, such as {examples}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As seems right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The first folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another number draws other images for each part. It is the seed of the run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For &amp;validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For a final &amp;test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;File names that belong together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A &amp;class is named by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The data have parts of their own, which are used as they are. Single images can be moved by their menu.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The data have a test part of their own, which is used as it is. Of the rest a share of each class is kept to check with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of each class a share is kept aside, which the model never learns from. An image stays in its part when others are added.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Startup</name>
    <message>
        <source>Drawing the sample images</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Stopping…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped and kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}: {1} correct on validation images. Next: Evaluate, then Export.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a folder of images anywhere on this window, or press Ctrl+O.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready. Press Train (F5); model, layers and settings are already chosen sensibly.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epoch {0}: validation accuracy {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Reading the folder: {count} image(s) (Esc stops)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pausing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training has ended</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StepButton</name>
    <message>
        <source>done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>needs attention</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StepSummary</name>
    <message>
        <source>No images yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a folder on the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} image(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} class(es)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Random weights: learns from scratch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pretrained · {0} parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{preset}, changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} of {1} learn</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} epoch(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>not varied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>varied lightly</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>varied strongly</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>automatic size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Batches of {0}, {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No result yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} correct</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Best at epoch {0} of {1}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SummaryPanel</name>
    <message>
        <source>What was chosen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your model</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TableDialog</name>
    <message>
        <source>Tables</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TakenPictures</name>
    <message>
        <source>picture {number}.png</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TaskLine</name>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ThumbnailItemModel</name>
    <message>
        <source>Left out: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and keep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start training (F5)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic ({0})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Computes on: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and keep what was learnt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard this run…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and keep what was learnt (Shift+F5)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Menu</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Menu (Alt+M)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainingPage</name>
    <message>
        <source>Press Train and watch it learn. The settings suit most images as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More epochs…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes are for the next run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings are taken, but not all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings are taken. Press Train to use them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start training (F5)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Curves</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What moved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on with this run, for more epochs than it was meant to have</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frozen: verified after epoch {epoch}. {tensors} tensors are identical to the last bit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save config…</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{count} warning(s) in all: rest the mouse here to read them.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>A run is under way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The run was discarded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing of it was kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frozen layers have changed: {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is a bug. Please report it with the run&apos;s log.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainingSettings</name>
    <message>
        <source>There is no run to copy yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a folder of images first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decisions about single images have no option of their own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the settings as a file; then the command names that file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The command is in the clipboard. It gives the same run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings (*.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder has its own validation images, so none are kept aside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved. The command that gives the same run is in the clipboard.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrainingWiring</name>
    <message>
        <source>Save a report…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrustView</name>
    <message>
        <source>Answer with calibrated probabilities</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer “none of these” below this threshold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smallest probability that is answered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the threshold by the share of wrong answers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On average {sure} sure and {right} right; calibration error (ECE, {bins} bins) {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The temperature is fitted on the validation images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A temperature would not mend it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A temperature of {temperature} brings it from {before} to {after}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Below {threshold}: {answered} of {all} images are answered ({coverage}), {wrong} of them wrongly ({error}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose by errors…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At most {share} wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Is it as right as it is sure?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When should it say “none of these”?</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TryArea</name>
    <message>
        <source>Try it on your own images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose images…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Camera…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for a camera…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the model says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show where in the image the answer comes from (Enter, or a double click)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the answers as a table that sorts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the model something, live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {total} images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose images to try</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the answers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Table (*.csv)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop images here, or paste one. They stay on this machine.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WaitingBar</name>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and keep</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WhyDialog</name>
    <message>
        <source>The model says “{name}”, {share} sure.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By its label it is “{true}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why? – {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} of {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at the image…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous (Page Up)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next (Page Down)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the model says</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WindowActions</name>
    <message>
        <source>Open folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the folder of runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause or go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and keep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard run…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell me on the desktop when a run ends</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Summary at the left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the log files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save a report…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPU support…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Finetune GUI</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop reading the folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recent folders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WindowCommands</name>
    <message>
        <source>Open a folder of images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} cannot be made: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the permission of the folder above it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WindowDrops</name>
    <message>
        <source>Several things that do not belong together were dropped at once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop one folder, one zip or one table of labels; or several folders that are one class each.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{0}&apos; does not exist any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look whether it was moved or renamed, or its drive taken out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{0}&apos; is neither a folder nor an image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a folder of images, a zip or a table of labels; or an image to try.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_FolderSketch</name>
    <message>
        <source>my images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>bees</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ants</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>beetles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder that holds one folder for each class, and in these the images.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_MultiplierDelegate</name>
    <message>
        <source>Learning-rate multiplier</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_Sheet</name>
    <message>
        <source>In validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In training, another one each time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} cannot be shown: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, view {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, as it is</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>class_questions</name>
    <message>
        <source>Make one class of “{0}” and “{1}”?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is a class of that name already. You can undo this.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Merge</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep both</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use at most so many images of each class (0: all)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the class</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>data_words</name>
    <message>
        <source>Unreadable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Excluded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Class dropped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Over the limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Also in another part</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same picture has another class too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An exact copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nearly the same as another image</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of an unusual format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enormous</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grave</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>hardware</name>
    <message>
        <source>Processors (CPU): {0} busy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory (RAM): {0} of {1} in use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disk of {0}: {1} free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} busy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} of {1} of its memory (VRAM) in use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory is nearly full: {0} are free.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs. For the next run choose smaller batches or images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The memory of {0} is nearly full: {1} are free.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs that use it. A run that runs short divides its batches.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk of {0} is nearly full: {1} are free.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make room before it is full: old runs can be moved to the trash under Runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is hot: {1}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The processor is hot: {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It will slow itself down. Give it air, or pause the run (F6) for a while.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>questions</name>
    <message>
        <source>A run is under way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You can keep it and go on with it later. Discarding deletes it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop, keep and quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let it run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard and quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard this run?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It ends, and what it has learnt is deleted. This cannot be undone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>thumbnails</name>
    <message>
        <source>Left out</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>widget</name>
    <message>
        <source>Weights ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>{0} ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} h {1} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Today {clock}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Yesterday {clock}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Head only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last stage + head</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gentler in depth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two rates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quick</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thorough</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of your own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{recipe}, changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cosine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one cycle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>constant</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
